# Runs a function in a fresh session; after five minutes it counts as hanging.
in_child <- function(what, ...) {
    skip_if_not_installed("callr")
    callr::r(what, list(...), timeout = 300)
}

test_that("n_cpus must be a count or \"all\"", {
    junction_aa <- c("CASSF", "CASRF")
    edges <- hammingGraph(junction_aa)
    for (bad in list(0, -1, 1.5, NA, NaN, Inf, 1025, "2", "ALL", c(1, 2), NULL,
        TRUE, list(1))) {
        for (call in list(
            function(x) hammingGraph(junction_aa, n_cpus = x),
            function(x) markovClustering(edges, n_cpus = x),
            function(x) Clustering(n_cpus = x)
        )) {
            expect_error(
                call(bad), "`n_cpus` must be a whole number.*or \"all\"",
                class = "clustcr_error_invalid_argument"
            )
        }
    }
})

test_that("any count of threads gives the same", {
    junction_aa <- random_cdr3(300, 111)
    expected <- hammingGraph(junction_aa)
    for (threads in list(1L, 2, 3, 1024, "all")) {
        expect_identical(hammingGraph(junction_aa, n_cpus = threads), expected)
    }
})

test_that("n_cpus of an object is checked when it is changed", {
    run <- Clustering(method = "mcl")
    expect_error(
        run$n_cpus <- 0, "`n_cpus` must be",
        class = "clustcr_error_invalid_argument"
    )
    expect_equal(run$n_cpus, 1)
})

test_that("\"all\" are the cores that the process may use", {
    available <- in_child(function() clustcr:::cpp_available_threads())
    expect_gte(available, 1)
    expect_lte(available, parallel::detectCores())
    skip_if_not(nzchar(Sys.which("taskset")), "taskset is not there")
    one <- in_child(function() {
        status <- readLines("/proc/self/status")
        cores <- sub(".*:\\s*", "", grep("^Cpus_allowed_list", status,
            value = TRUE))
        first <- sub("[-,].*", "", cores)
        system2("taskset", c("-c", "-p", first, Sys.getpid()), stdout = FALSE)
        clustcr:::cpp_available_threads()
    })
    expect_identical(one, 1L)
})

test_that("forked children of a session with threads do not hang", {
    skip_on_os("windows")
    junction_aa <- random_cdr3(1500, 112)
    found <- in_child(function(junction_aa) {
        graph <- function() clustcr::hammingGraph(junction_aa, n_cpus = 2)
        fit <- function(method) {
            as.data.frame(clustcr::Clustering(
                method = method, n_cpus = 2, faiss_cluster_size = 300
            )$fit(junction_aa))
        }
        all <- function(i) list(graph(), fit("mcl"), fit("two-step"))
        list(all(0), parallel::mclapply(1:3, all, mc.cores = 2))
    }, junction_aa)
    expect_gt(nrow(found[[1]][[1]]), 100)
    expect_identical(found[[2]], rep(found[1], 3))
})

test_that("an object made before a fork works in the children", {
    skip_on_os("windows")
    junction_aa <- random_cdr3(1500, 113)
    found <- in_child(function(junction_aa) {
        run <- clustcr::Clustering(
            faiss_training_data = junction_aa, faiss_cluster_size = 300,
            n_cpus = 2
        )
        fit <- function(i) as.data.frame(run$fit(junction_aa))
        list(fit(0), parallel::mclapply(1:3, fit, mc.cores = 2), fit(0))
    }, junction_aa)
    expect_gt(nrow(found[[1]]), 100)
    expect_identical(found[[2]], rep(found[1], 3))
    # The parent's threads are unharmed.
    expect_identical(found[[3]], found[[1]])
})

test_that("the end of a forked child leaves the parent's batches alone", {
    skip_on_os("windows")
    junction_aa <- random_cdr3(300, 114)
    found <- in_child(function(junction_aa) {
        run <- clustcr::Clustering(
            faiss_training_data = junction_aa, faiss_cluster_size = 50
        )
        run$batch_precluster(junction_aa)
        parallel::mclapply(1:2, function(i) {
            rm(run, envir = parent.env(environment()))
            gc()
        }, mc.cores = 2)
        nrow(run$batch_cluster())
    }, junction_aa)
    expect_gt(found, 0)
})
