//! Natives of `rover.http`: see `http.lua`.

use std::cell::RefCell;
use std::ffi::c_int;
use std::rc::Rc;

use mlua::ffi::{self, lua_CFunction, lua_State};

use crate::outbound::{BodyStream, Client, Defaults, FetchRequest};
use crate::vm::native::stack::{bytes, vm_state};
use crate::vm::outbound::options::{read, read_client};
use crate::vm::state::vm::VmState;
use crate::vm::wait::answer::stream_at;
use crate::vm::wait::natives::park;
use crate::vm::wait::outcome::push_error;
use crate::wait::error::WaitError;
use crate::wait::operation::{Given, Operation, Outcome};

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 3] = [
    (c"http_client", client),
    (c"http_fetch", fetch),
    (c"http_chunk", chunk),
];

/// `http_client(options)` makes a client, and gives `true` and its number.
unsafe extern "C-unwind" fn client(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `http.lua` calls with a table. The results take two
    // of its free slots.
    unsafe {
        let mut defaults = Defaults::default();
        let made = read_client(state, 1, &mut defaults).and_then(|()| {
            let mut common = FetchRequest::new(&defaults);
            read(state, 1, &mut common)?;
            // What requests will have is wrong now, or never.
            common.check_trust()?;
            Ok(Client::with_common(defaults, common))
        });
        match made {
            Ok(client) => {
                let mut clients = vm_state(state).clients.borrow_mut();
                clients.push(client);
                ffi::lua_pushboolean(state, 1);
                ffi::lua_pushnumber(state, clients.len() as f64);
                2
            }
            Err(error) => push_error(state, &error),
        }
    }
}

/// `http_fetch(client, method, url, options or nil, json or nil)` waits for an answer.
unsafe extern "C-unwind" fn fetch(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `http.lua` calls with such values.
    unsafe {
        let shared = vm_state(state);
        let made = described(state, shared);
        match made {
            Ok((client, request)) => {
                let call = Box::pin(answer(client, request));
                park(state, shared, Operation::Outside(call))
            }
            Err(error) => push_error(state, &error),
        }
    }
}

async fn answer(client: Client, request: Box<FetchRequest>) -> Outcome {
    let answer = client.fetch(request).await?;
    Ok(Given::Answer(Box::new(answer)))
}

/// The request that the arguments of `http_fetch` describe.
///
/// # Safety
/// In `http_fetch`.
unsafe fn described(
    state: *mut lua_State,
    shared: &VmState,
) -> Result<(Client, Box<FetchRequest>), WaitError> {
    // SAFETY: the arguments are as `http_fetch` says. Each is read by its own type, and there are
    // free slots for the reading of tables.
    unsafe {
        let client = shared.client(ffi::lua_tonumber(state, 1) as usize);
        let url = String::from_utf8_lossy(bytes(state, 3).unwrap_or_default());
        let mut request = client.request(bytes(state, 2).unwrap_or_default(), &url)?;
        if ffi::lua_type(state, 4) == ffi::LUA_TTABLE {
            read(state, 4, &mut request)?;
        }
        if let Some(json) = bytes(state, 5) {
            request.json(json.to_vec().into());
        }
        if request.trace
            && let Some(call) = shared.call()
        {
            let asked = call.request;
            request.pass_on("x-request-id", asked.request_id.as_str().as_bytes());
            for name in ["traceparent", "tracestate"] {
                if let Some(value) = asked.headers.get(name) {
                    request.pass_on(name, value);
                }
            }
        }
        Ok((client, request))
    }
}

/// `http_chunk(stream)` waits for the next part of a body.
unsafe extern "C-unwind" fn chunk(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `http.lua` calls with the userdata of a stream.
    unsafe {
        let shared = vm_state(state);
        let Some(stream) = stream_at(state, 1) else {
            return push_error(state, &WaitError::new("closed", "the body is not there"));
        };
        let stream = Rc::clone(stream);
        let call = async move { part(&stream).await.map(Given::Part) };
        park(state, shared, Operation::Outside(Box::pin(call)))
    }
}

type Held = RefCell<Option<Box<BodyStream>>>;

async fn part(held: &Held) -> Result<Option<bytes::Bytes>, WaitError> {
    let Some(mut stream) = held.take() else {
        let message = "the body is read elsewhere, or its reading was given up";
        return Err(WaitError::new("closed", message));
    };
    let part = stream.chunk().await;
    // One that is given up while it waits takes the stream with it, and so its connection.
    held.replace(Some(stream));
    part
}
