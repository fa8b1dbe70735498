# What clustcr takes of the insides of other packages, as nothing documented
# does it; each with the version that it was seen in.

# BiocParallel 1.32.5: whether workers are "SOCK" or "FORK" ("" where they are
# neither). Forks are ended by their ids, and the start of sessions is limited;
# SnowParam() takes a type, and nothing tells it.
cluster_type <- function(param) {
    tryCatch(c(param$.clusterargs$type, "")[1L], error = function(e) "")
}

# snow 0.4.4: sets what its connections wait for, and returns what that was. Its
# argument `timeout` is ignored, only the default counts.
snow_timeout <- function(seconds) {
    snow <- function(name) utils::getFromNamespace(name, "snow")
    tryCatch({
        before <- snow("getClusterOption")("timeout")
        if (length(seconds)) snow("setDefaultClusterOptions")(timeout = seconds)
        before
    }, error = function(e) NULL)
}

# snow 0.4.4, BiocParallel 1.32.5: the connection of a node. One that was made
# with a short limit must wait a month for answers; that of a worker that ended
# must be closed, which bpstop() fails to do.
of_connections <- function(param, FUN, ...) {
    for (node in BiocParallel::bpbackend(param)) {
        try(FUN(node$con, ...), silent = TRUE)
    }
}

wait_for_answers <- function(param) {
    of_connections(param, socketTimeout, 30L * 86400L)
}

close_connections <- function(param) of_connections(param, close)
