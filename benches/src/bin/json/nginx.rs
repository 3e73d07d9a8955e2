//! lua-cjson where most of its users have it: in nginx, whose Lua decodes a request's body
//! so many times.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Failure;
use crate::lua::Decoder;

const CONFIGURATION: &str = r#"
load_module /usr/lib/nginx/modules/ndk_http_module.so;
load_module /usr/lib/nginx/modules/ngx_http_lua_module.so;
daemon off;
master_process off;
pid FOLDER/nginx.pid;
error_log stderr error;
events {}
http {
  access_log off;
  client_body_temp_path FOLDER/body;
  proxy_temp_path FOLDER/proxy;
  fastcgi_temp_path FOLDER/fastcgi;
  uwsgi_temp_path FOLDER/uwsgi;
  scgi_temp_path FOLDER/scgi;
  init_by_lua_block { decode = require("cjson").decode }
  server {
    listen 127.0.0.1:PORT;
    client_max_body_size 16m;
    client_body_buffer_size 16m;
    location / {
      content_by_lua_block {
        ngx.req.read_body()
        local decode, text, rounds = decode, ngx.req.get_body_data(), tonumber(ngx.var.arg_rounds)
        local start, value = os.clock(), nil
        for _ = 1, rounds do value = decode(text) end
        ngx.print(os.clock() - start)
      }
    }
  }
}
"#;

/// nginx, until it is dropped.
struct Nginx {
    child: Child,
    folder: PathBuf,
    port: u16,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // It may have ended by itself, and its folder is one for files that nobody needs.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Nginx {
    fn start() -> Result<Self, Failure> {
        let folder = std::env::temp_dir().join(format!("rover-json-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let text = CONFIGURATION
            .replace("FOLDER", &folder.to_string_lossy())
            .replace("PORT", &port.to_string());
        let file = folder.join("nginx.conf");
        fs::write(&file, text)?;
        let child = Command::new("nginx")
            .arg("-p")
            .arg(&folder)
            .arg("-c")
            .arg(&file)
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("nginx: {error}"))?;
        let mut nginx = Nginx {
            child,
            folder,
            port,
        };
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if nginx.child.try_wait()?.is_some() || start.elapsed() > Duration::from_secs(5) {
                return Err("nginx with Lua and lua-cjson does not start".into());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(nginx)
    }

    /// The seconds that nginx says it took.
    fn decode(&self, text: &str, rounds: u32) -> Result<Duration, Failure> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        write!(
            stream,
            "POST /?rounds={rounds} HTTP/1.0\r\nHost: b\r\nContent-Length: {}\r\n\r\n{text}",
            text.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let seconds = answer.split_once("\r\n\r\n").map(|(_, body)| body.parse());
        match (answer.contains(" 200 "), seconds) {
            (true, Some(Ok(seconds))) => Ok(Duration::try_from_secs_f64(seconds)?),
            _ => Err(answer.into()),
        }
    }
}

pub(crate) fn cjson() -> Result<Decoder, Failure> {
    let nginx = Nginx::start()?;
    Ok(Box::new(move |text, rounds| nginx.decode(text, rounds)))
}
