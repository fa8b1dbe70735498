# ?clustcr is where one looks for a function that one has no name of.

man_page <- function(name) {
    pages <- tools::Rd_db("clustcr")
    skip_if_not(length(pages) > 0, "The package was installed without help")
    paste(capture.output(print(pages[[name]])), collapse = "\n")
}

test_that("?clustcr lists all functions", {
    index <- man_page("clustcr-package.Rd")
    functions <- grep("^[.]", getNamespaceExports("clustcr"), value = TRUE,
        invert = TRUE)
    old <- c("members", "parameters", "samples", "audit")
    functions <- setdiff(functions, c("show", old))
    listed <- vapply(functions, function(name) {
        grepl(paste0("link[{=[a-zA-Z-]*\\]?[{]?", name), index) ||
            grepl(paste0("[{]", name, "[}(]"), index)
    }, NA)
    expect_identical(functions[!listed], character())
})

test_that("each page has value, errors, example and what to see also", {
    pages <- tools::Rd_db("clustcr")
    skip_if_not(length(pages) > 0, "The package was installed without help")
    pages <- pages[!names(pages) %in% c("clustcr-package.Rd",
        "clustcr_conditions.Rd")]
    has <- function(pattern) {
        vapply(pages, function(page) {
            any(grepl(pattern, capture.output(print(page))))
        }, NA)
    }
    expect_identical(names(pages)[!has("value[{]")], character())
    expect_identical(names(pages)[!has("examples[{]")], character())
    expect_identical(names(pages)[!has("section[{]Errors[}]")], character())
    expect_identical(names(pages)[!has("seealso[{]")], character())
})
