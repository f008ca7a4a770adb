-- Takes onto new tracks, of sound or of picture, and away from them: what placing.py is for Studio; its traps are listed there.
-- Files that begin between frames, and missing ones, are seen to by talkies before (lua_transport.py).

local BIN, MEDIA_TYPES = "Talkies", { video = 1, audio = 2 }

local function count(timeline, kind) return timeline:GetTrackCount(kind) end

local function delete_track(timeline, kind, index)
  local before = count(timeline, kind)
  timeline:DeleteTrack(kind, index)
  if count(timeline, kind) ~= before - 1 then
    refuse("OutputError", "DaVinci Resolve did not delete " .. kind .. " track " .. index .. "; " .. BUSY)
  end
end

-- Mono or stereo; nothing where this version does not tell, and for pictures.
local function sub_type(timeline, kind, index)
  if kind == "audio" then return optional(timeline, "GetTrackSubType", kind, index) end
end

-- A track before which index - 1 others are, else the last one. Versions before 19 want the kind alone.
local function new_track(timeline, kind, sub, name, index)
  local before = count(timeline, kind)
  if index and index > before then index = nil end
  local options = { audioType = kind == "audio" and sub or nil, index = index }
  if next(options) then timeline:AddTrack(kind, options) else timeline:AddTrack(kind) end
  if count(timeline, kind) == before then
    if kind == "audio" then timeline:AddTrack(kind, sub) else timeline:AddTrack(kind) end
    index = nil
  end
  index = index or before + 1
  if count(timeline, kind) ~= before + 1 or (sub_type(timeline, kind, index) or sub) ~= sub then
    refuse("OutputError", "DaVinci Resolve did not add a " .. sub .. " " .. kind .. " track; " .. BUSY)
  end
  timeline:SetTrackName(kind, index, name)
  return index
end

local function comparable(path) return ((path or ""):gsub("\\", "/"):lower()) end

local function in_folder(folder, file)
  for _, medium in ipairs(folder:GetClipList() or {}) do
    if comparable(medium:GetClipProperty("File Path")) == comparable(file) then return medium end
  end
end

local function our_bin(pool)
  local root = pool:GetRootFolder()
  for _, folder in ipairs(root:GetSubFolderList() or {}) do
    if folder:GetName() == BIN then return folder end
  end
  local shown = pool:GetCurrentFolder()
  local folder = pool:AddSubFolder(root, BIN)
  pool:SetCurrentFolder(shown) -- a new bin is shown at once
  return folder or refuse("OutputError", "DaVinci Resolve did not make the bin " .. BIN .. "; " .. BUSY)
end

-- The file in our bin; one that is there is not imported again.
local function medium_of(pool, clip, imported)
  local folder = our_bin(pool)
  local medium = in_folder(folder, clip.file)
  if medium then return medium end
  local shown = pool:GetCurrentFolder()
  pool:SetCurrentFolder(folder)
  local imports = pool:ImportMedia({ clip.file })
  pool:SetCurrentFolder(shown)
  medium = in_folder(folder, clip.file) or (imports and imports[1])
  if not medium then refuse("OutputError", clip.file .. ": DaVinci Resolve did not import it; " .. BUSY) end
  imported[#imported + 1] = medium
  medium:SetClipProperty("Clip Name", clip.name)
  optional(medium, "SetThirdPartyMetadata", { talkies = clip.facts })
  return medium
end

local function forget(pool, media)
  local unused = {}
  for _, medium in ipairs(media) do
    if tostring(medium:GetClipProperty("Usage")) == "0" then unused[#unused + 1] = medium end
  end
  if #unused > 0 then pool:DeleteClips(unused) end
end

-- A file has the frame rate that the project had at its import, unless it lets itself be set.
local function rate_of(medium, clock)
  local text = string.format("%.3f", clock.above / clock.below):gsub("0+$", ""):gsub("%.$", "")
  local function stated() return tonumber(tostring(medium:GetClipProperty("FPS")):match("%d+%.?%d*")) or tonumber(text) end
  if math.abs(stated() - tonumber(text)) < 0.001 then return 1 end
  medium:SetClipProperty("FPS", text)
  if math.abs(stated() - tonumber(text)) < 0.001 then return 1 end
  return stated() * clock.below / clock.above
end

local function append(timeline, pool, kind, clock, index, clip, imported, warnings)
  local medium, from = medium_of(pool, clip, imported), clock.frame(clip.start)
  local ratio, head = rate_of(medium, clock), from - clock.frame(clip.begin)
  local first, frames = math.floor(head * ratio + 0.5), clock.frame(clip["end"]) - from
  local slip = math.abs(first / ratio - head) * clock.below / clock.above * 1000
  if slip > 1 then
    warnings[#warnings + 1] = string.format("%s: is %.0f ms off its position, because DaVinci Resolve counts its file "
      .. "at another frame rate; move it by hand on the Fairlight page", clip.name, slip)
  end
  clip.file = medium:GetClipProperty("File Path") -- as Resolve spells it
  pool:AppendToTimeline({ {
    mediaPoolItem = medium, startFrame = first, endFrame = first + math.floor(frames * ratio), -- exclusive
    recordFrame = clock.start + from, trackIndex = index, mediaType = MEDIA_TYPES[kind],
  } })
end

-- A clip that is not there was dropped without a word; whether it is long enough is seen by talkies.
local function compare(timeline, kind, clock, index, clips)
  local found = {}
  for _, item in ipairs(sorted(timeline, kind, index)) do
    found[math.floor(item:GetStart() + 0.5) - clock.start] = true
  end
  for _, clip in ipairs(clips) do
    if not found[clock.frame(clip.start)] then
      refuse("OutputError", clip.name .. ": DaVinci Resolve dropped it silently; " .. BUSY)
    end
  end
end

local function silence(timeline, kind, index, name, warnings)
  timeline:SetTrackEnable(kind, index, false)
  for _, item in ipairs(sorted(timeline, kind, index)) do
    item:SetClipEnabled(false)
    if item:GetClipEnabled() then
      warnings[#warnings + 1] = name .. ": holds other takes and could not be disabled; mute it"
      return
    end
  end
end

local function add(timeline, pool, kind, tracks, imported, warnings)
  local before, clock = count(timeline, kind), clock_of(timeline)
  local fine, reason = pcall(function()
    for _, track in ipairs(tracks) do
      local index = new_track(timeline, kind, track.channels == 2 and "stereo" or "mono", track.name)
      for _, clip in ipairs(track.clips) do append(timeline, pool, kind, clock, index, clip, imported, warnings) end
      compare(timeline, kind, clock, index, track.clips)
      if not track.enabled then silence(timeline, kind, index, track.name, warnings) end
    end
  end)
  if fine then return end
  for index = count(timeline, kind), before + 1, -1 do delete_track(timeline, kind, index) end
  forget(pool, imported)
  error(reason, 0)
end

-- Taking it away, and putting back what was taken away.

local function restore(timeline, pool, kind, removed)
  for _, track in ipairs(removed) do
    local index = new_track(timeline, kind, track.sub, track.name, track.index)
    for _, clip in ipairs(track.clips) do
      clip.trackIndex = index
      pool:AppendToTimeline({ clip })
    end
    for number, item in ipairs(sorted(timeline, kind, index)) do
      if not track.heard[number] then item:SetClipEnabled(false) end
    end
  end
end

local function remove(timeline, kind, names, newest, removed)
  for index = count(timeline, kind) - newest, 1, -1 do
    local name = timeline:GetTrackName(kind, index)
    if names[name] then
      local sub, clips, heard = sub_type(timeline, kind, index) or "stereo", {}, {}
      for number, item in ipairs(sorted(timeline, kind, index)) do
        local first = item:GetLeftOffset() -- GetSourceStartFrame is of 19.0.2, and one off at times
        heard[number] = item:GetClipEnabled()
        clips[number] = { mediaPoolItem = item:GetMediaPoolItem(), recordFrame = item:GetStart(), startFrame = first,
          endFrame = first + item:GetDuration(), mediaType = MEDIA_TYPES[kind] }
      end
      delete_track(timeline, kind, index)
      table.insert(removed, 1, { name = name, sub = sub, index = index, clips = clips, heard = heard })
    end
  end
end

-- The last track of this name with these files; what the user has added to it stays.
local function take_back(timeline, kind, track)
  for index = count(timeline, kind), 1, -1 do
    local ours, items = {}, sorted(timeline, kind, index)
    for _, item in ipairs(items) do
      if track.files[comparable(file_of(item))] then ours[#ours + 1] = item end
    end
    if #ours > 0 and timeline:GetTrackName(kind, index) == track.name then
      if #ours == #items then delete_track(timeline, kind, index) else timeline:DeleteClips(ours, false) end
      return
    end
  end
end
