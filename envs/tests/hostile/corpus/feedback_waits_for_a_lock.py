# role: feedback
# outcome: TIMEOUT feedback
# wall: yes
# cpu_s_load: 0.02
# cpu_s_feedback: 0.02
# wall_s: 0.5
import threading


class Feedback:
    def summarize_trajectory(self, traj):
        lock = threading.Lock()
        lock.acquire()
        lock.acquire()
