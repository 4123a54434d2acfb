-- expect: error
math.randomseed(1)
