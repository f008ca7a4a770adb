-- The requests, as core/hosts/bridge.py makes them: what editor.py is for Studio.
-- Returns function(resolve, memory, request) → a line of JSON; ``memory`` is kept as long as the script runs.

local METHODS = {}

function METHODS.hello(resolve)
  return { protocol = 1, name = resolve:GetProductName() .. " " .. resolve:GetVersionString() }
end

function METHODS.read_timeline(resolve, memory, params)
  local timeline = open_timeline(resolve)
  if not resolve.EXPORT_OTIO then
    refuse("TimelineError", "this DaVinci Resolve cannot export OTIO; talkies needs version 18.5 or later")
  end
  timeline:Export(params.part, resolve.EXPORT_OTIO, resolve.EXPORT_NONE)
  local clock = clock_of(timeline)
  local names = list({ resolve:GetProjectManager():GetCurrentProject():GetName(), timeline:GetName() })
  return {
    names = names, identity = timeline:GetUniqueId(), subtitles = subtitles(timeline),
    rate = clock.above .. "/" .. clock.below, start = clock.start, drop_frame = clock.drop_frame,
  }
end

function METHODS.audio_tracks(resolve)
  local tracks, clock = tracks_of(open_timeline(resolve), "audio", 1)
  return { tracks = tracks, rate = clock.above .. "/" .. clock.below }
end

-- Those of picture that are ours.
function METHODS.picture_tracks(resolve)
  local tracks, clock = tracks_of(open_timeline(resolve), "video", 1)
  local ours = list()
  for _, track in ipairs(tracks) do
    if track.name:match("^PX talkies$") or track.name:match("^PX talkies %d+$") then ours[#ours + 1] = track end
  end
  return { tracks = ours, rate = clock.above .. "/" .. clock.below }
end

local function add_tracks(resolve, memory, params, kind)
  local timeline, pool = open_timeline(resolve)
  local done = { kind = kind, timeline = timeline:GetUniqueId(), added = {}, removed = {}, markers = {}, imported = {} }
  local names, warnings = {}, list()
  for _, name in ipairs(params.remove) do names[name] = true end
  add(timeline, pool, kind, params.tracks, done.imported, warnings)
  for number, track in ipairs(params.tracks) do
    done.added[number] = { name = track.name, files = {} }
    for _, clip in ipairs(track.clips) do done.added[number].files[comparable(clip.file)] = true end
  end
  local fine, reason = pcall(remove, timeline, kind, names, #params.tracks, done.removed)
  if not fine then
    restore(timeline, pool, kind, done.removed)
    for number = #done.added, 1, -1 do take_back(timeline, kind, done.added[number]) end
    forget(pool, done.imported)
    error(reason, 0)
  end
  if kind == "audio" then pcall(function() -- the sound is in its place, with or without markers
    done.markers = remove_markers(timeline, names)
    add_markers(timeline, params.tracks)
  end) end
  memory.done = memory.done or {}
  table.insert(memory.done, done)
  return { tracks = tracks_of(timeline, kind, count(timeline, kind) - #params.tracks + 1), warnings = warnings }
end

function METHODS.add_takes(resolve, memory, params) return add_tracks(resolve, memory, params, "audio") end

function METHODS.add_pictures(resolve, memory, params) return add_tracks(resolve, memory, params, "video") end

function METHODS.undo(resolve, memory)
  local done = memory.done and memory.done[#memory.done]
  if not done then refuse("OutputError", "undo: there is nothing to undo since talkies was opened") end
  local timeline, pool = open_timeline(resolve)
  if timeline:GetUniqueId() ~= done.timeline then
    refuse("OutputError", "undo: another timeline is shown; open the one that the takes were added to")
  end
  local names = {}
  for number = #done.added, 1, -1 do
    take_back(timeline, done.kind, done.added[number])
    names[done.added[number].name] = true
  end
  remove_markers(timeline, names)
  restore(timeline, pool, done.kind, done.removed)
  for _, each in ipairs(done.markers) do
    local marker = each.marker
    timeline:AddMarker(each.frame, marker.color, marker.name, marker.note, marker.duration, marker.customData)
  end
  forget(pool, done.imported)
  table.remove(memory.done)
  return {}
end

function METHODS.move_playhead(resolve, memory, params)
  local timeline = open_timeline(resolve)
  local clock = clock_of(timeline)
  local last = math.max(timeline:GetEndFrame() - 1, clock.start)
  local wanted = timecode(math.min(clock.start + clock.frame(params.position), last), clock)
  timeline:SetCurrentTimecode(wanted)
  if tostring(timeline:GetCurrentTimecode()):gsub("%D", "") ~= wanted:gsub("%D", "") then
    refuse("OutputError", "DaVinci Resolve did not go to " .. wanted .. "; open the Edit page")
  end
  return {}
end

return function(resolve, memory, request)
  local fine, result = pcall(METHODS[request.method], resolve, memory, request.params)
  if fine then return json({ result = result }) end
  if type(result) ~= "table" then
    result = { kind = "OutputError", message = "DaVinci Resolve failed (" .. tostring(result) .. "); try again" }
  end
  return json({ error = result })
end
