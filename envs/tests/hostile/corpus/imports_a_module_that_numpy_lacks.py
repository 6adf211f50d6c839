# outcome: EXCEPTION load
# message: numpy.nothing
import numpy.nothing
