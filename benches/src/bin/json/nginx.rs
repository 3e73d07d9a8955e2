//! lua-cjson where most of its users have it: in nginx, whose Lua decodes a request's body
//! so many times.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rover_benches::process::{Invocation, Server};

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
        local seconds = tostring(os.clock() - start)
        ngx.header["Content-Length"] = #seconds
        ngx.print(seconds)
      }
    }
  }
}
"#;

/// nginx and the folder for what it writes, until it is dropped.
struct Nginx {
    server: Server,
    folder: PathBuf,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Nobody needs what is in it.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Nginx {
    fn start() -> Result<Self, Failure> {
        let folder = std::env::temp_dir().join(format!("rover-json-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let started = Server::start("nginx", &request("1", 1), |port| configured(&folder, port));
        let (server, _) = started?;
        Ok(Nginx { server, folder })
    }

    /// The seconds that nginx says it took.
    fn decode(&self, text: &str, rounds: u32) -> Result<Duration, Failure> {
        let (status, body) = self.server.ask(&request(text, rounds))?;
        let body = String::from_utf8_lossy(&body).into_owned();
        match (status, body.parse()) {
            (200, Ok(seconds)) => Ok(Duration::try_from_secs_f64(seconds)?),
            _ => Err(body.into()),
        }
    }
}

fn configured(folder: &Path, port: u16) -> Result<Invocation, Failure> {
    let text = CONFIGURATION
        .replace("FOLDER", &folder.to_string_lossy())
        .replace("PORT", &port.to_string());
    let file = folder.join("nginx.conf");
    fs::write(&file, text)?;
    let arguments = ["-p".into(), folder.into(), "-c".into(), file.into()];
    Ok(("nginx".into(), arguments.into()))
}

fn request(text: &str, rounds: u32) -> String {
    let length = text.len();
    format!(
        "POST /?rounds={rounds} HTTP/1.1\r\nhost: b\r\nconnection: close\r\n\
         content-length: {length}\r\n\r\n{text}"
    )
}

pub(crate) fn cjson() -> Result<Decoder, Failure> {
    let nginx = Nginx::start()?;
    Ok(Box::new(move |text, rounds| nginx.decode(text, rounds)))
}
