print("%NAME%")
