library(testthat)
library(clustcr)

test_check("clustcr")
