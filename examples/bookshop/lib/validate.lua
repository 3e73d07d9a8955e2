-- Checks that collect every mistake, not only the first.
local store = require "lib.store"

local validate = {}

local function is_text(value) return type(value) == "string" and value ~= "" end

local function is_whole(value, least, most)
  return type(value) == "number" and value == math.floor(value) and value >= least and value <= most
end

local function is_list_of_texts(value)
  if type(value) ~= "table" then return false end
  for _, element in ipairs(value) do
    if not is_text(element) then return false end
  end
  return true
end

local BOOK = {
  { "title", is_text, "must be a text" },
  { "author", store.author, "must be the id of an author" },
  { "year", function(v) return is_whole(v, -3000, 2100) end, "must be a year" },
  { "language", function(v) return is_text(v) and #v == 2 end, "must be a code of two letters" },
  { "genres", is_list_of_texts, "must be a list of texts" },
  { "price", function(v) return is_whole(v, 0, 1000000) end, "must be a price in cents" },
}

-- The fields of a book; `partial` lets them be absent. Gives nil and the mistakes.
function validate.book(input, partial)
  if type(input) ~= "table" then
    return nil, { { field = "", message = "must be an object" } }
  end
  local book, errors = {}, {}
  for _, rule in ipairs(BOOK) do
    local field, check, message = rule[1], rule[2], rule[3]
    local value = input[field]
    if value == nil and partial then
      -- Stays as it is.
    elseif value == nil then
      errors[#errors + 1] = { field = field, message = "is required" }
    elseif not check(value) then
      errors[#errors + 1] = { field = field, message = message }
    else
      book[field] = value
    end
  end
  if #errors > 0 then return nil, errors end
  return book
end

function validate.stars(value) return is_whole(value, 1, 5) end

return validate
