-- expect: error
return {} < {}
