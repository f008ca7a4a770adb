-- Markers where takes begin: what markers.py is for Studio. Their frames count from the timeline's first one, a frame
-- holds one, and one of the user's stays.

local OURS = "talkies:"

local function names_of(marker)
  local names, data = {}, type(marker) == "table" and tostring(marker.customData) or ""
  if data:sub(1, #OURS) ~= OURS then return nil end
  for name in data:sub(#OURS + 1):gmatch("[^|]+") do names[#names + 1] = name end
  return names
end

local function add_markers(timeline, tracks)
  local clock, notes, names = clock_of(timeline), {}, {}
  for _, track in ipairs(tracks) do
    for _, clip in ipairs(track.clips) do
      local frame = clock.frame(clip.start)
      notes[frame] = (notes[frame] and notes[frame] .. ", " or "") .. clip.name
      names[frame] = (names[frame] and names[frame] .. "|" or "") .. track.name
    end
  end
  for frame, note in pairs(notes) do
    local ours = names_of(timeline:GetMarkers()[frame])
    if ours then
      timeline:DeleteMarkerAtFrame(frame)
      names[frame] = names[frame] .. "|" .. table.concat(ours, "|")
    end
    timeline:AddMarker(frame, "Cream", "talkies", note, 1, OURS .. names[frame])
  end
end

local function remove_markers(timeline, names)
  local removed = {}
  for frame, marker in pairs(timeline:GetMarkers() or {}) do
    local ours, all = names_of(marker), true
    for _, name in ipairs(ours or {}) do all = all and names[name] end
    if ours and all then removed[#removed + 1] = { frame = frame, marker = marker } end
  end
  for _, each in ipairs(removed) do timeline:DeleteMarkerAtFrame(each.frame) end
  return removed
end
