-- expect: error
return os.execute("true")
