-- The open timeline, exact time, JSON: what reading.py and frames.py are for Studio.
-- The four files of this folder become one chunk in every request: reading, placing, markers, requests.

local BUSY = "close open dialogs, wait until nothing renders, and try again"

-- A table as JSON; a list is marked, for Lua does not know an empty list from an empty object.

local LIST = {}
local function list(items) return setmetatable(items or {}, LIST) end

local function quoted(text)
  local escaped = text:gsub('[%c"\\]', function(character) return string.format("\\u%04x", character:byte()) end)
  return '"' .. escaped .. '"'
end

local function json(value)
  if type(value) == "string" then return quoted(value) end
  if type(value) ~= "table" then return value == nil and "null" or tostring(value) end
  local parts = {}
  if getmetatable(value) == LIST then
    for _, item in ipairs(value) do parts[#parts + 1] = json(item) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for key, item in pairs(value) do parts[#parts + 1] = quoted(tostring(key)) .. ":" .. json(item) end
  return "{" .. table.concat(parts, ",") .. "}"
end

-- Where a version may lack the function.
local function optional(thing, method, ...)
  if thing[method] then return thing[method](thing, ...) end
end

local function refuse(kind, sentence) error({ kind = kind, message = sentence }, 0) end

-- Exact time. Fractions are pairs of whole numbers, exact in doubles; positions are frames from the first one.

local function fraction(text)
  local above, below = text:match("^(-?%d+)/(%d+)$")
  return tonumber(above or text), tonumber(below or 1)
end

local function clock_of(timeline)
  local stated = tonumber(tostring(timeline:GetSetting("timelineFrameRate")):match("%d+%.?%d*"))
  if not stated then refuse("TimelineError", "DaVinci Resolve does not say the frame rate; " .. BUSY) end
  local clock = { above = stated, below = 1, start = timeline:GetStartFrame() }
  if stated % 1 ~= 0 then clock.above, clock.below = math.floor(stated + 0.5) * 1000, 1001 end
  clock.drop_frame = tostring(timeline:GetStartTimecode()):find(";", 1, true) ~= nil
  function clock.frame(text)
    local above, below = fraction(text)
    return math.floor(above * clock.above / (below * clock.below) + 0.5)
  end
  function clock.seconds(frame)
    return string.format("%.0f/%.0f", (frame - clock.start) * clock.below, clock.above)
  end
  return clock
end

local function timecode(frame, clock)
  local nominal = math.floor(clock.above / clock.below + 0.5)
  if clock.drop_frame then
    local dropped = nominal / 15
    local tens, rest = math.floor(frame / (nominal * 600 - dropped * 9)), frame % (nominal * 600 - dropped * 9)
    frame = frame + dropped * (9 * tens + math.max(0, math.floor((rest - dropped) / (nominal * 60 - dropped))))
  end
  local seconds = math.floor(frame / nominal)
  local labels = { math.floor(seconds / 3600) % 24, math.floor(seconds / 60) % 60, seconds % 60, frame % nominal }
  return string.format("%02d:%02d:%02d" .. (clock.drop_frame and ";" or ":") .. "%02d", unpack(labels))
end

-- What is there.

local function open_timeline(resolve)
  local project = resolve:GetProjectManager():GetCurrentProject()
  local timeline = project and project:GetCurrentTimeline()
  if not timeline then
    refuse("TimelineError", "DaVinci Resolve shows no timeline; open one on the Edit page and try again")
  end
  return timeline, project:GetMediaPool()
end

local function sorted(timeline, kind, index)
  local items = {}
  for _, item in ipairs(timeline:GetItemListInTrack(kind, index) or {}) do items[#items + 1] = item end
  table.sort(items, function(one, other) return one:GetStart() < other:GetStart() end)
  return items
end

local function file_of(item)
  local medium = item:GetMediaPoolItem()
  local path = medium and medium:GetClipProperty("File Path")
  return path and path ~= "" and path or nil
end

local function track_of(timeline, kind, index, clock)
  local clips = list()
  for _, item in ipairs(sorted(timeline, kind, index)) do
    local from, to = clock.seconds(item:GetStart()), clock.seconds(item:GetEnd())
    clips[#clips + 1] = { name = item:GetName(), start = from, ["end"] = to, file = file_of(item) }
  end
  return { name = timeline:GetTrackName(kind, index), clips = clips }
end

local function tracks_of(timeline, kind, first)
  local clock, tracks = clock_of(timeline), list()
  for index = first, timeline:GetTrackCount(kind) do tracks[#tracks + 1] = track_of(timeline, kind, index, clock) end
  return tracks, clock
end

local function subtitles(timeline)
  local tracks = list()
  for index = 1, timeline:GetTrackCount("subtitle") do
    local items = list()
    for _, item in ipairs(sorted(timeline, "subtitle", index)) do
      items[#items + 1] = { text = item:GetName(), start = item:GetStart(), ["end"] = item:GetEnd() }
    end
    local name, enabled = timeline:GetTrackName("subtitle", index), timeline:GetIsTrackEnabled("subtitle", index)
    tracks[#tracks + 1] = { name = name, enabled = enabled and true or false, items = items }
  end
  return tracks
end
