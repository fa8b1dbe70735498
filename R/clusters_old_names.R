# Functions of before 0.3.0, whose names others use for something else.

members <- function(x, cluster, ...) {
    deprecated("`members()` is called `clusterMembers()` now")
    clusterMembers(x, cluster, ...)
}

parameters <- function(x, ...) {
    deprecated("`parameters()` is called `clusterParameters()` now")
    clusterParameters(x, ...)
}

samples <- function(x, ...) {
    deprecated("`samples()` is called `clusterSamples()` now")
    clusterSamples(x, ...)
}

audit <- function(x, ...) {
    deprecated("`audit()` is called `clusterAudit()` now")
    clusterAudit(x, ...)
}
