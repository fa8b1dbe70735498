# What conditions carry besides their text.

caught <- function(expression) tryCatch(expression, error = identity)

test_that("an error names the call that the user made", {
    e <- caught(clusterSummary(data.frame(a = 1)))
    expect_match(deparse1(conditionCall(e)), "clusterSummary|caught")
    # As on a console, where no function of the tests is around it.
    said <- callr::r(function() {
        library(clustcr)
        own <- function(x) clusterSummary(x)
        many <- data.frame(a = 1:3)
        run <- Clustering(method = "mcl")
        list(
            inner = tryCatch(own(many), error = conditionCall),
            method = tryCatch(run$batch_cluster(columns = "q"),
                error = conditionCall),
            # A call that holds a table does not keep it.
            held = tryCatch(do.call("clusterSummary", list(many)),
                error = conditionCall),
            core = tryCatch(run$batch_cluster(), error = conditionCall)
        )
    }, libpath = .libPaths())
    expect_identical(deparse1(said$inner), "clusterSummary(x)")
    expect_identical(deparse1(said$method),
        "run$batch_cluster(columns = \"q\")")
    expect_identical(deparse1(said$held), "clusterSummary()")
    expect_identical(deparse1(said$core), "run$batch_cluster()")
})

test_that("an error has its argument, file and line as fields", {
    e <- caught(Clustering(method = "x"))
    expect_identical(e$argument, "method")
    file <- withr::local_tempfile(fileext = ".tsv")
    writeLines(c("junction_aa\tv_call", "CASSLF\tTRBV1", "CASSLF\tTRBV1\tq"),
        file)
    e <- caught(readRepertoire(file))
    expect_s3_class(e, "clustcr_error_format")
    expect_identical(e$file, file)
    expect_identical(e$line, 3)
    expect_null(e$argument)
    e <- caught(readRepertoire("no-such-file.tsv"))
    expect_identical(e$file, "no-such-file.tsv")
})

test_that("each kind of message has its line in ?clustcr_conditions", {
    functions <- as.list(asNamespace("clustcr"), all.names = TRUE)
    kinds <- function(code) {
        if (is.function(code)) return(kinds(body(code)))
        if (!is.call(code)) return(NULL)
        own <- if (identical(code[[1L]], quote(inform)) &&
            is.character(code[[2L]])) code[[2L]]
        c(own, unlist(lapply(as.list(code), kinds)))
    }
    found <- unique(unlist(lapply(Filter(is.function, functions), kinds)))
    expect_gt(length(found), 20)
    page <- tools::Rd_db("clustcr")[["clustcr_conditions.Rd"]]
    skip_if(is.null(page), "no help pages were installed")
    said <- paste(unlist(page), collapse = " ")
    expect_identical(setdiff(paste0("clustcr_message_", found),
        regmatches(said, gregexpr("clustcr_message_[a-z_]+", said))[[1L]]),
        character())
})
