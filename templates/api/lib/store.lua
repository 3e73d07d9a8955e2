-- Notes in memory. A program that must not forget them talks to a database here.
local store = {}

local notes = {}
local last_id = 0

function store.all(text)
  local found = {}
  for id = 1, last_id do
    local note = notes[id]
    if note and (not text or note.text:find(text, 1, true)) then
      found[#found + 1] = note
    end
  end
  return found
end

function store.find(id) return notes[id] end

function store.add(text)
  last_id = last_id + 1
  local note = { id = last_id, text = text }
  notes[last_id] = note
  return note
end

function store.remove(id) notes[id] = nil end

return store
