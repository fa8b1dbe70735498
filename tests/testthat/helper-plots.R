# Pictures are tested by their data and scales, and must be made without a
# warning.

built <- function(plot) {
    # No Rplots.pdf. Some layers are laid out when they are drawn.
    withr::local_pdf(NULL, width = 7, height = 5)
    testthat::expect_s3_class(plot, "ggplot")
    testthat::expect_no_condition(
        found <- ggplot2::ggplot_build(plot), class = "warning"
    )
    testthat::expect_no_condition(print(plot), class = "warning")
    testthat::expect_no_condition(print(plot), class = "message")
    # Type that is read at a distance.
    testthat::expect_gte(plot$theme$text$size, 14)
    invisible(found)
}

# A picture that says that there is nothing to draw, and why.
expect_nothing <- function(plot, why) {
    found <- built(plot)
    text <- unlist(lapply(found$data, `[[`, "label"))
    testthat::expect_identical(gsub("\n", " ", text),
        paste0("Nothing to draw: ", why))
}

skip_without <- function(...) {
    for (package in c("ggplot2", ...)) testthat::skip_if_not_installed(package)
}

# Kept clusters of four small repertoires in two groups.
small_clusters <- function(seed = 1, ..., envir = parent.frame()) {
    folder <- withr::local_tempdir(.local_envir = envir)
    files <- write_cohort(random_cohort(4, 60, seed), folder)
    sheet <- data.frame(repertoire_id = letters[1:4],
        group = c("ill", "well", "ill", "well"), age = c(30, 41, 52, 63))
    cohort_clusters(files, sheet, ...)
}
