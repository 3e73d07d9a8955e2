//! From a request to its response: routing, the body, the handler, the log line.

use std::net::IpAddr;
use std::time::Instant;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Body;
use hyper::header::{CONNECTION, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};
use rover_model::LogLevel;

use crate::constant::Constant;
use crate::error::Error;
use crate::log::Log;
use crate::program::{Method, Path, Program};
use crate::reply::Reply;
use crate::request::{RequestData, RequestIds};
use crate::settings::Settings;
use crate::vm::{Hook, Vm};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// One worker's program.
pub(crate) struct Service {
    program: &'static Program,
    body_limit: u64,
    vm: Vm,
    constants: Vec<Option<Constant>>,
    ids: RequestIds,
}

enum Found {
    Route(u16),
    Reply(Reply),
    Nothing,
}

impl Service {
    pub(crate) fn new(program: &'static Program, settings: &Settings) -> Result<Self, Error> {
        let vm = Vm::new(program, Log::new(settings.log_level))?;
        Ok(Service {
            program,
            body_limit: settings.body_limit,
            constants: Constant::prepare(program, &vm),
            vm,
            ids: RequestIds::new(),
        })
    }

    pub(crate) fn log(&self) -> &Log {
        self.vm.log()
    }

    pub(crate) async fn answer<B>(
        &self,
        request: Request<B>,
        client_ip: IpAddr,
    ) -> Response<Full<Bytes>>
    where
        B: Body<Data = Bytes>,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let timed = self.log().enabled(LogLevel::Info).then(Instant::now);
        let (parts, body) = request.into_parts();
        let id = self.ids.of(&parts.headers);
        let raw_path = parts.uri.path();
        let mut response = match Path::parse(raw_path) {
            Err(_) => Reply::error(StatusCode::BAD_REQUEST, "Malformed path").into_response(),
            Ok(path) => {
                let mut data = RequestData {
                    method: parts.method.as_str(),
                    path: &path,
                    query: parts.uri.query().unwrap_or_default(),
                    headers: &parts.headers,
                    params: &[],
                    body: None,
                    client_ip,
                    request_id: &id,
                };
                self.dispatch(&mut data, body).await
            }
        };
        if let Ok(value) = HeaderValue::from_str(id.as_str()) {
            response.headers_mut().insert(X_REQUEST_ID, value);
        }
        if let Some(start) = timed {
            let line = format!(
                "{} {} {} {}us {}B",
                parts.method,
                raw_path,
                response.status().as_u16(),
                start.elapsed().as_micros(),
                response.body().size_hint().lower(),
            );
            self.log().line(LogLevel::Info, &line, Some(id.as_str()));
        }
        response
    }

    async fn dispatch<B>(&self, data: &mut RequestData<'_>, body: B) -> Response<Full<Bytes>>
    where
        B: Body<Data = Bytes>,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let index = match self.find(data.method, data.path) {
            Found::Route(index) => index,
            other => return self.without_route(other, data).into_response(),
        };
        let route = &self.program.routes[usize::from(index)];
        data.params = route.params;
        if !params_are_text(data) {
            let reply = Reply::error(StatusCode::BAD_REQUEST, "Malformed path parameter");
            return reply.into_response();
        }
        if let Some(constant) = &self.constants[usize::from(index)] {
            return constant.answer(data.headers);
        }
        if route.needs.body {
            match read_body(body, data.headers, self.body_limit).await {
                Ok(bytes) => data.body = Some(bytes).filter(|b| !b.is_empty()),
                Err(reply) => return self.vm.hook(Hook::Error, data, reply).into_response(),
            }
        }
        self.vm.call(index, data).into_response()
    }

    fn without_route(&self, found: Found, data: &RequestData<'_>) -> Reply {
        match found {
            Found::Reply(reply) if reply.status == Some(StatusCode::NO_CONTENT) => reply,
            Found::Reply(reply) => self.vm.hook(Hook::Error, data, reply),
            _ => {
                let standard = Reply::error(StatusCode::NOT_FOUND, "Not Found");
                self.vm.hook(Hook::NotFound, data, standard)
            }
        }
    }

    fn find(&self, method: &str, path: &Path<'_>) -> Found {
        let Some(method) = Method::ALL.into_iter().find(|m| m.as_str() == method) else {
            let message = "Not Implemented";
            return Found::Reply(Reply::error(StatusCode::NOT_IMPLEMENTED, message));
        };
        let direct = self.program.find(method, path);
        let found = match method {
            Method::Head => direct.or_else(|| self.program.find(Method::Get, path)),
            _ => direct,
        };
        if let Some(index) = found {
            return Found::Route(index);
        }
        let allowed = self.program.allowed(path);
        if allowed.is_empty() {
            Found::Nothing
        } else if method == Method::Options {
            Found::Reply(Reply::empty(StatusCode::NO_CONTENT).allow(&allowed))
        } else {
            let status = StatusCode::METHOD_NOT_ALLOWED;
            Found::Reply(Reply::error(status, "Method Not Allowed").allow(&allowed))
        }
    }
}

/// Parameters must be UTF-8 once decoded; a raw path always is.
fn params_are_text(data: &RequestData<'_>) -> bool {
    data.params
        .iter()
        .all(|p| std::str::from_utf8(p.value(data.path)).is_ok())
}

async fn read_body<B>(body: B, headers: &HeaderMap, limit: u64) -> Result<Bytes, Reply>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let too_large = || {
        let mut reply = Reply::error(StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large");
        // The rest of the body is not read, so the connection cannot be used again.
        reply
            .headers
            .insert(CONNECTION, HeaderValue::from_static("close"));
        reply
    };
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    match Limited::new(std::pin::pin!(body), limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(too_large()),
        Err(_) => Err(Reply::error(StatusCode::BAD_REQUEST, "Malformed body")),
    }
}
