"""So many calls in so many seconds for each key, by a sliding window in memory."""
import collections
import time


class Throttle:
    def __init__(self, calls, seconds):
        self.calls = calls
        self.seconds = seconds
        self.recent = collections.defaultdict(collections.deque)

    def allows(self, key):
        recent, now = self.recent[key], time.monotonic()
        while recent and recent[0] < now - self.seconds:
            recent.popleft()
        if len(recent) >= self.calls:
            return False
        recent.append(now)
        return True
