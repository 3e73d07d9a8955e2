//! Variables of the environment: what the compiler knows of them, and what it does not take.

use std::path::Path;

use rover_build::{Compiled, Form, Package, ServerOptions, compile_package};
use rover_model::guard::PLACEHOLDER;

const FORMS: [Form; 2] = [Form::Specialised, Form::Reference];

fn compiled(form: Form) -> Compiled {
    compiled_file("routes.lua", form)
}

fn compiled_file(file: &str, form: Form) -> Compiled {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/environment");
    let manifest = folder.join(file);
    let package = Package {
        name: "shop".to_owned(),
        version: "1.0.0".to_owned(),
    };
    compile_package(&manifest, form, package).expect("it compiles")
}

/// An address that comes from the environment is none there, and what else comes from there is seen nonetheless.
#[test]
fn options_are_of_the_start_beside_a_database_of_the_start() {
    for form in FORMS {
        let compiled = compiled_file("sessions.lua", form);
        assert!(compiled.plan.options.from_start);
    }
}

/// Neither what stands for a variable in the build nor what the build's own environment has is
/// part of the program.
#[test]
fn nothing_of_an_environment_is_compiled_in() {
    for form in FORMS {
        let compiled = compiled(form);
        let code = compiled.tokens().to_string();
        let plan = format!("{:?}", compiled.plan);
        for text in [code.as_str(), plan.as_str()] {
            assert!(!text.contains(PLACEHOLDER));
            // It is long enough to be nothing else by chance.
            let path = std::env::var("PATH").expect("a build has one");
            assert!(!text.contains(&path));
        }
        // Options of the environment are those of a program that has none.
        let (options, usual) = (&compiled.plan.options, ServerOptions::default());
        assert!(options.from_start);
        assert_eq!(options.port, usual.port);
        assert_eq!(options.host, usual.host);
        assert_eq!(options.limits, usual.limits);
        assert!(options.trusted_proxies.is_empty());
        // And no answer is made of it.
        let needs = compiled.plan.routes.iter().map(|route| route.needs);
        assert!(needs.clone().all(|needs| !needs.constant));
        // Nor does a handler wait for a variable, or need a `ctx` for it.
        assert!(needs.clone().all(|needs| !needs.waits && !needs.ctx));
    }
}

#[test]
fn every_variable_is_known() {
    for form in FORMS {
        let plan = compiled(form).plan;
        let told: Vec<String> = plan
            .environment
            .iter()
            .map(|variable| {
                let presence = match (&variable.default, variable.required) {
                    (Some(default), _) => format!("= {default}"),
                    (None, true) => "required".to_owned(),
                    (None, false) => "optional".to_owned(),
                };
                let about = &variable.about;
                let (name, kind, source) = (&variable.name, &variable.kind, &variable.source);
                format!("{name} {kind} {presence} {source} {about}")
            })
            .collect();
        assert_eq!(
            told,
            [
                "DATABASE_URL string required routes.lua:4 Where the books are.",
                "PORT integer required routes.lua:6 ",
                "INTERVAL number = 2.5 routes.lua:9 How often it is looked. In seconds.",
                "MODE test|live required routes.lua:10 ",
                "VERBOSE boolean = false routes.lua:11 ",
                "PATH string required routes.lua:12 ",
                "LIMIT integer optional routes.lua:13 ",
                "MAIL_FROM string = \"shop@example.org\" lib/mail.lua:1 ",
                "HOME string optional routes.lua:19 ",
                "HOST string optional routes.lua:22 ",
                "LATE string optional routes.lua:31 ",
                "LATER string optional routes.lua:31 ",
                "USER string optional lib/mail.lua:2 ",
            ]
        );
    }
}

/// The address of a database and its options are looked at where they are known.
#[test]
fn a_database_may_come_from_the_environment() {
    for form in FORMS {
        let compiled = compiled_file("database.lua", form);
        assert!(!compiled.tokens().to_string().contains(PLACEHOLDER));
        let known = compiled.plan.environment.iter();
        let known: Vec<&str> = known.map(|variable| &*variable.name).collect();
        assert_eq!(known, ["DATABASE_URL", "STATEMENT_TIMEOUT", "OTHER_URL"]);
    }
}
