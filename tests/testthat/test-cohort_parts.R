test_that("files of one repertoire are of one person, what differs is told", {
    files <- write_cohort(stats::setNames(random_cohort(4, 60, 1), paste0("x",
        1:4)))
    sheet <- data.frame(repertoire_id = c("blood", "tumor", "blood", "tumor"),
        donor = c("D1", "D1", "D2", "D2"), file = files)
    expect_error(clusterRepertoires(sheet), paste0("one person; by `donor` ",
        "\"blood\" \\(\"D1\", \"D2\"\\) is of several"),
        class = "clustcr_error_invalid_argument")
    for (name in c("Patient ID", "subject_id", "PERSON")) {
        names(sheet)[2] <- name
        expect_error(clusterRepertoires(sheet), "one person",
            class = "clustcr_error_invalid_argument")
    }
    names(sheet)[2] <- "status"
    sheet$lane <- c(1, 1, 2, 2)
    expect_message(x <- clusterRepertoires(sheet), paste0("differ in `status`,",
        " as in \"blood\" (\"D1\", \"D2\"); `lane`, as in \"blood\" ",
        "(\"1\", \"2\"): what the first file has is taken"), fixed = TRUE)
    expect_identical(clusterSamples(x)$status, c("D1", "D1"))
    # Of a sheet beside the files, and where nothing differs.
    expect_error(clusterRepertoires(files, samples = data.frame(file = files,
        repertoire_id = sheet$repertoire_id, donor = 1:4)), "one person",
        class = "clustcr_error_invalid_argument")
    sheet$status <- c("ill", "ill", NA, "ill")
    sheet$lane <- NULL
    said <- testthat::capture_messages(clusterRepertoires(sheet))
    expect_false(any(grepl("differ", said)))
})
