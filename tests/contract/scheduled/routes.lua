-- Functions that run beside requests, and before and after all of them: see `tests/scheduled.rs`. The folder
-- is one below /tmp, and none where a test wants no notes.
local folder = os.getenv "TEST_ROVER_FOLDER"
local fails = os.getenv "TEST_ROVER_FAILS"
local api = rover.server { files = { "/tmp" } }

-- What happens in any worker is noted in one file.
local function note(text)
  if folder then rover.fs.append(folder .. "/notes", text .. "\n") end
end
-- The test's way to hold a function up: as long as there is a file of this name.
local function held(name)
  while folder and rover.fs.exists(folder .. "/" .. name) do rover.sleep(0.005) end
end

-- Which VM it is.
local vm = ("vm %d"):format(math.random(1e9))
local started = 0 -- rover: per-worker

rover.on_start(function()
  note "start begins"
  held "hold_start"
  rover.sleep(0.05)
  started = started + 1
  note "start ends"
end)
rover.on_start(function()
  if fails == "start" then
    rover.sleep(0)
    error "no database"
  end
  started = started + 1
  note "started"
end)

-- Takes longer than its period, and fails every second time.
local every = { begun = 0, ended = 0, now = 0, most = 0 } -- rover: per-worker
rover.every(0.005, function()
  every.begun = every.begun + 1
  every.now = every.now + 1
  every.most = math.max(every.most, every.now)
  note("every in " .. vm)
  rover.sleep(0.02)
  every.now = every.now - 1
  if folder and every.begun % 2 == 0 then error "not this time" end
  every.ended = every.ended + 1
end)
rover.cron("0 0 29 2 *", function() note "a day that is far" end)

rover.on_stop(function()
  note "stop begins"
  held "hold_stop"
  rover.sleep(0.05)
  if fails == "stop" then error "it cannot be put away" end
  note "stop ends"
end)
rover.on_stop(function()
  rover.spawn(function()
    rover.sleep(0.05)
    note "the last of all"
  end)
  note "stopped"
end)

function api.started.get() return { started = started } end
function api.every.get() return every end
function api.vm.get() return vm end
function api.held.get()
  note "request begins"
  held "hold_request"
  rover.sleep(0.1)
  note "request ends"
  return "let go"
end

-- The test's build of the runtime panics at this text, and the VM is replaced.
function api.panics.get() print "fault: panic" end
return api
