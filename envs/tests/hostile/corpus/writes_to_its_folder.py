# outcome: FORBIDDEN load
open("promptpo-hostile-root", "w").write("here")
