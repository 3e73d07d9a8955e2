//! Passwords are hashed beside the workers: many who log in at once are answered, and others
//! meanwhile.

use rover::LogLevel;
use rover_tests::client::{ask_for, has_input, in_time, send, status};
use rover_tests::programs::secrets_password;
use rover_tests::{Program, Server};

const FORMS: [Program; 2] = [secrets_password::app, secrets_password::reference::app];

#[test]
fn twenty_logins_at_once_are_twenty_answers_and_others_are_served() {
    for form in FORMS {
        let server = Server::with_workers(form().log_level(LogLevel::Off), 1);
        let mut plain = server.connect();
        in_time(|| {
            let mut logins: Vec<_> = (0..20).map(|_| server.connect()).collect();
            for login in &mut logins {
                send(login, "/login_of_today").expect("it is open");
            }
            // Those who have just connected may come after the one who has long been there.
            let mut others_meanwhile = false;
            while !others_meanwhile && !logins.iter().all(has_input) {
                let state = ask_for(&mut plain, "/state").expect("the worker is free");
                let [begun, ended]: [u32; 2] =
                    serde_json::from_str(&state.text()).expect("two numbers");
                others_meanwhile = begun > ended;
            }
            for login in &mut logins {
                assert_eq!(status(login), 200);
            }
            others_meanwhile.then_some(())
        });
    }
}
