-- Decides on one request of one caller, atomically; the same rules as the mechanisms in Python, one round trip.
--
-- KEYS  1 the caller's state  2 the header: number, last instant, and how far we are ahead of the clock
-- ARGV  1 mode: hit, look, standing or release  2 cost  3 ahead  4, 5 our time: seconds and nanoseconds; empty for the
--       server's own  6 milliseconds to keep the state, 0 for ever  7 the least number  then five for each limit:
--       kind, quota, window (s), interval (ns) or penalty (s), flag
--
-- A number here has 53 bits, so an instant is two: seconds and nanoseconds. Differences are exact up to 104 days.

local SECOND = 1000000000
local mode, cost, ahead = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local header = redis.call('GET', KEYS[2])
header = header and cmsgpack.unpack(header) or {0, 0, 0, 0, 0}
local now_s, now_n

local function between(from_s, from_n, to_s, to_n)
  return (to_s - from_s) * SECOND + (to_n - from_n)
end

local function later(s, n, by)
  n = n + by % SECOND
  s = s + math.floor(by / SECOND)
  if n >= SECOND then return s + 1, n - SECOND end
  return s, n
end

local function from_now(s, n) return between(now_s, now_n, s, n) end

if ARGV[4] == '' then
  local time = redis.call('TIME')
  now_s, now_n = later(tonumber(time[1]) + header[4], tonumber(time[2]) * 1000, header[5])
  local back = from_now(header[2], header[3])
  if back > 0 then
    header[4], header[5] = later(header[4], header[5], back)
  end
else
  now_s, now_n = tonumber(ARGV[4]), tonumber(ARGV[5])
end
if from_now(header[2], header[3]) > 0 then now_s, now_n = header[2], header[3] end

local kept = redis.call('GET', KEYS[1])
local w = kept and cmsgpack.unpack(kept) or {}

-- Each kind: words(l), take(l), give(l), wait(l, cost), standing(l) and, where it minds, refused(l) and release(l).
-- l is the limit: at (where its words begin), quota, window, more, flag. A word that is not there is 0.

local function get(i) return w[i] or 0 end

-- 1: at most quota in any window seconds. Words: begin, count, then the ring of instants.
local sliding = {}
function sliding.words(l) return 2 + 2 * l.quota end
local function oldest(l, place)
  local i = l.at + 2 + 2 * (place % l.quota)
  return get(i), get(i + 1)
end
local function put(l, place)
  local i = l.at + 2 + 2 * (place % l.quota)
  w[i], w[i + 1] = now_s, now_n
end
local function forget_oldest(l, place)
  local i = l.at + 2 + 2 * (place % l.quota)
  w[i], w[i + 1] = nil, nil
end
local function prune(l)
  local begin, count = get(l.at), get(l.at + 1)
  while count > 0 do
    local s, n = oldest(l, begin)
    if from_now(s + l.window, n) > 0 then break end
    forget_oldest(l, begin)
    begin, count = (begin + 1) % l.quota, count - 1
  end
  w[l.at], w[l.at + 1] = begin, count
  return begin, count
end
function sliding.wait(l, units)
  local begin, count = prune(l)
  local many = count + units - l.quota
  if many <= 0 then return 0 end
  local s, n = oldest(l, begin + many - 1)
  return from_now(s + l.window, n)
end
function sliding.take(l)
  local begin, count = prune(l)
  for place = begin + count, begin + count + cost - 1 do put(l, place) end
  w[l.at + 1] = count + cost
end
function sliding.standing(l)
  local begin, count = prune(l)
  if count == 0 then return l.quota, now_s, now_n end
  local s, n = oldest(l, begin)
  return l.quota - count, s + l.window, n
end
function sliding.refused(l)
  local begin, count = prune(l)
  put(l, begin + count)
  if count < l.quota then w[l.at + 1] = count + 1 else w[l.at] = (begin + 1) % l.quota end
end

-- 2: at most quota from one multiple of window seconds to the next. Words: end, used.
local fixed = {}
function fixed.words(l) return 2 end
local function turn(l)
  if now_s >= get(l.at) then
    w[l.at], w[l.at + 1] = now_s - now_s % l.window + l.window, 0
  end
end
function fixed.wait(l, units)
  turn(l)
  if get(l.at + 1) + units <= l.quota then return 0 end
  return from_now(w[l.at], 0)
end
function fixed.take(l) turn(l); w[l.at + 1] = get(l.at + 1) + cost end
function fixed.standing(l) turn(l); return math.max(0, l.quota - get(l.at + 1)), w[l.at], 0 end
function fixed.refused(l) turn(l); w[l.at + 1] = get(l.at + 1) + 1 end

-- 3: a bucket of quota tokens, one every l.more nanoseconds. Words: the instant at which it is full, two of them.
local bucket = {}
function bucket.words(l) return 2 end
local function missing(l) return math.max(0, from_now(get(l.at), get(l.at + 1))) end
function bucket.wait(l, units) return math.max(0, missing(l) + units * l.more - l.quota * l.more) end
function bucket.take(l) w[l.at], w[l.at + 1] = later(now_s, now_n, missing(l) + cost * l.more) end
function bucket.standing(l)
  local lacks = missing(l)
  if lacks == 0 then return l.quota, now_s, now_n end
  local tokens = math.ceil(lacks / l.more)
  if l.flag >= 2 then return l.quota - tokens, w[l.at], w[l.at + 1] end
  local s, n = later(now_s, now_n, lacks - (tokens - 1) * l.more)
  return l.quota - tokens, s, n
end
function bucket.refused(l) w[l.at], w[l.at + 1] = later(now_s, now_n, l.quota * l.more) end

-- 4: a penalty of l.more seconds after quota refusals in window seconds. Words: until, ends (two each), refusals.
local lockout = {}
function lockout.words(l) return 5 end
function lockout.wait(l) return math.max(0, from_now(get(l.at), get(l.at + 1))) end
function lockout.take(l) end
function lockout.standing(l)
  if lockout.wait(l) > 0 then return 0, w[l.at], w[l.at + 1] end
  if from_now(get(l.at + 2), get(l.at + 3)) <= 0 then return l.quota, now_s, now_n end
  return l.quota - w[l.at + 4], w[l.at + 2], w[l.at + 3]
end
function lockout.refused(l)
  if lockout.wait(l) > 0 then return end
  if from_now(get(l.at + 2), get(l.at + 3)) <= 0 then
    w[l.at + 2], w[l.at + 3], w[l.at + 4] = now_s + l.window, now_n, 0
  end
  w[l.at + 4] = get(l.at + 4) + 1
  if w[l.at + 4] >= l.quota then
    w[l.at], w[l.at + 1], w[l.at + 2], w[l.at + 3], w[l.at + 4] = now_s + l.more, now_n, 0, 0, 0
  end
end

-- 5: at most quota in flight. Words: how many, then when each was admitted.
local flight = {}
function flight.words(l) return 1 + 2 * l.quota end
local function forget(l, place)
  local count = get(l.at) - 1
  for i = l.at + 1 + 2 * place, l.at + 2 * count do w[i] = w[i + 2] end
  w[l.at] = count
end
local function flying(l)
  while get(l.at) > 0 and from_now(w[l.at + 1] + l.more, w[l.at + 2]) <= 0 do forget(l, 0) end
  return get(l.at)
end
function flight.wait(l) return flying(l) >= l.quota and SECOND or 0 end
function flight.take(l)
  local i = l.at + 1 + 2 * flying(l)
  w[i], w[i + 1], w[l.at] = now_s, now_n, get(l.at) + 1
end
function flight.standing(l)
  local count = flying(l)
  if count == 0 then return l.quota, now_s, now_n end
  return l.quota - count, now_s + 1, now_n
end
function flight.release(l, s, n)
  for place = 0, get(l.at) - 1 do
    local i = l.at + 1 + 2 * place
    if w[i] == s and w[i + 1] == n then return forget(l, place) end
  end
end

local kinds = {sliding, fixed, bucket, lockout, flight}
local limits, at = {}, 1
for i = 8, #ARGV, 5 do
  local l = {quota = tonumber(ARGV[i + 1]), window = tonumber(ARGV[i + 2]), more = tonumber(ARGV[i + 3]),
             flag = tonumber(ARGV[i + 4]), at = at}
  l.kind = kinds[tonumber(ARGV[i])]
  l.minds = l.kind.refused and (l.flag % 2 == 1 or l.kind == lockout)
  at = at + l.kind.words(l)
  limits[#limits + 1] = l
end

local function keep()
  if ARGV[6] == '0' then
    redis.call('SET', KEYS[1], cmsgpack.pack(w))
  else
    redis.call('SET', KEYS[1], cmsgpack.pack(w), 'PX', ARGV[6])
  end
end

if mode == 'release' then
  for _, l in ipairs(limits) do
    if l.kind.release then l.kind.release(l, tonumber(ARGV[4]), tonumber(ARGV[5])) end
  end
  if kept then keep() end
  return {header[1]}
end

local function waits()
  local longest, by = 0, 0
  for i, l in ipairs(limits) do
    local wait = l.kind.wait(l, cost)
    if wait > longest then longest, by = wait, i end
  end
  return longest, by
end

local wait, by = waits()
local queued = wait
if mode == 'hit' then
  if wait == 0 then
    for _, l in ipairs(limits) do l.kind.take(l) end
  else
    local minds = false
    for _, l in ipairs(limits) do
      if l.minds then l.kind.refused(l); minds = true end
    end
    if minds then wait, by = waits() end
    local l = limits[by]
    queued = math.max(wait, l.kind.wait(l, math.min(cost + ahead, l.quota)))
  end
  keep()
end
if mode ~= 'standing' then
  header[1] = math.max(header[1], tonumber(ARGV[7])) + 1
end
header[2], header[3] = now_s, now_n
redis.call('SET', KEYS[2], cmsgpack.pack(header))

local answer = {header[1], now_s, now_n, by, wait, queued}
for _, l in ipairs(limits) do
  local remaining, s, n = l.kind.standing(l)
  answer[#answer + 1], answer[#answer + 2], answer[#answer + 3] = remaining, s, n
end
return answer
