//! nginx as the other server. `.ci/nginx` runs this test, which needs the program.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use super::authority::{Authority, Flaw};
use super::server::{error, get, request, run};

/// An nginx with a folder of its own, which ends when it is dropped.
struct Nginx {
    process: Child,
    folder: PathBuf,
    plain: u16,
    tls: u16,
}

impl Nginx {
    fn start(authority: &Authority) -> Self {
        let folder = std::env::temp_dir().join(format!("rover-nginx-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("files")).unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
        let (certificate, key) = authority.pem_for("localhost", Flaw::Nothing);
        write("certificate.pem", &certificate);
        write("key.pem", &key);
        write("files/large.txt", &large());
        let [plain, tls] = free_ports();
        let config = include_str!("nginx.conf")
            .replace("$folder", folder.to_str().unwrap())
            .replace("$plain", &plain.to_string())
            .replace("$tls", &tls.to_string());
        write("nginx.conf", &config);
        let process = Command::new("nginx")
            .arg("-c")
            .arg(folder.join("nginx.conf"))
            .args(["-e", "stderr"])
            .stdin(Stdio::null())
            .spawn()
            .expect("nginx starts");
        let mut nginx = Nginx {
            process,
            folder,
            plain,
            tls,
        };
        while std::net::TcpStream::connect(("127.0.0.1", tls)).is_err() {
            let ended = nginx.process.try_wait().unwrap();
            assert!(ended.is_none(), "nginx ended: {ended:?}");
            std::thread::yield_now();
        }
        nginx
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.plain)
    }

    fn https(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.tls)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn large() -> String {
    "0123456789abcdef".repeat(1 << 12)
}

fn free_ports() -> [u16; 2] {
    let bound = [(); 2].map(|()| std::net::TcpListener::bind("127.0.0.1:0").unwrap());
    bound.map(|listener| listener.local_addr().unwrap().port())
}

#[test]
#[ignore = "it needs nginx; .ci/nginx runs it"]
fn nginx() {
    run(async {
        let authority = Authority::new();
        let nginx = Nginx::start(&authority);
        let client = authority.client();
        // It closes each connection after ten requests.
        for _ in 0..35 {
            let answer = get(&client, &nginx.url("/protocol")).await.unwrap();
            assert_eq!(answer.text(), "HTTP/1.1");
        }
        let answer = get(&client, &nginx.url("/moved")).await.unwrap();
        assert_eq!(answer.text(), "HTTP/1.1");
        assert_eq!(answer.url.as_str(), nginx.url("/protocol"));
        assert_eq!(error(&client, &nginx.url("/gone")).await.kind, "closed");
        // A request in the open to the port of TLS.
        let wrong = format!("http://localhost:{}/", nginx.tls);
        assert_eq!(get(&client, &wrong).await.unwrap().status, 400);

        let answer = get(&client, &nginx.https("/protocol")).await.unwrap();
        assert_eq!(answer.text(), "HTTP/2.0");
        // Compressed, by both protocols, many at once.
        let urls = [nginx.url("/large.txt"), nginx.https("/large.txt")];
        let calls: Vec<_> = (0..64)
            .map(|call| request(&client, &urls[call % 2]))
            .map(|request| tokio::task::spawn_local(client.fetch(request)))
            .collect();
        for call in calls {
            let answer = call.await.unwrap().unwrap();
            assert!(answer.text() == large());
            assert_eq!(answer.header("content-type"), Some("text/plain"));
            assert!(answer.header("content-encoding").is_none());
        }
    });
}
