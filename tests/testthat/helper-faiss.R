# A build without Faiss can't train k-means. A test that does is skipped there:
# at the error that says so, wherever it is raised.

has_faiss <- function() nzchar(cpp_features()$faiss)

skip_without_faiss <- function() {
    testthat::skip_if_not(has_faiss(), "this build has no Faiss")
}

# Also of a child process, whose error has it as parent.
is_of_faiss <- function(e) {
    while (!is.null(e)) {
        if (inherits(e, "clustcr_error_no_faiss")) return(TRUE)
        e <- if (is.list(e)) e$parent
    }
    FALSE
}

if (!has_faiss()) {
    test_that <- function(desc, code) {
        guarded <- bquote({
            withCallingHandlers(.(substitute(code)), error = function(e) {
                if (is_of_faiss(e)) skip_without_faiss()
            })
        })
        eval(bquote(testthat::test_that(.(desc), .(guarded))), parent.frame())
    }
}
