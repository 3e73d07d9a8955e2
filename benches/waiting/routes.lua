-- What the benches of waiting ask: see `src/bin/upstream.rs`, `src/bin/sleepers.rs` and `src/bin/waits.rs`.
local api = rover.server {
  memory_limit = "512MiB",
  max_connections = 20000,
  deadlines = { ["GET /pause"] = "60s" },
}
local upstream = rover.http.client { base_url = os.getenv "UPSTREAM" or "http://127.0.0.1:1" }

-- One call of another server, whose answer is passed on.
function api.call.get()
  local answer = upstream:get "/"
  return answer.text
end

function api.plain.get() return "plain" end

-- May wait, and does not.
function api.ready.get()
  rover.all {}
  return "plain"
end

-- Waits for the others' turn.
function api.turn.get()
  rover.sleep(0)
  return "plain"
end

function api.asleep.get()
  rover.sleep(60)
  return "late"
end

-- The longest step of the collector in whole cycles, in microseconds of CPU time: between two looks at the clock
-- a little garbage is made, and now and then a step of the collector's with it.
function api.pause.get()
  local clock, longest = os.clock, 0
  local before = clock()
  for i = 1, 30 * collectgarbage "count" do
    local _ = ("x"):rep(100) .. i
    local now = clock()
    if now - before > longest then longest = now - before end
    before = now
  end
  return ("%d us"):format(longest * 1e6)
end

-- Three calls at once.
function api.three.get()
  local answers = rover.all({ 1, 2, 3 }, function() return upstream:get("/").status end)
  return rover.array(answers)
end

return api
