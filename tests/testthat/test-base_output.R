unfinished <- function(folder) {
    list.files(folder, "^[.]clustcr-", all.files = TRUE)
}

# A session of its own once it has made the file `begun`, which it is told.
writer_at_work <- function(begun, write, envir = parent.frame()) {
    skip_if_not_installed("callr")
    writer <- callr::r_bg(write, list(begun), libpath = .libPaths())
    withr::defer(writer$kill(), envir)
    deadline <- Sys.time() + 120
    while (!file.exists(begun)) {
        if (Sys.time() > deadline) fail("the writer has not begun")
        Sys.sleep(0.05)
    }
    writer
}

test_that("what a killed writer has left goes with the next file", {
    folder <- withr::local_tempdir()
    others <- file.path(folder, c("x.tsv-2024", ".clustcr-notes.part", "y",
        ".clustcr-12ab.part.txt"))
    file.create(others)
    writer <- writer_at_work(file.path(folder, "begun"), function(begun) {
        path <- file.path(dirname(begun), "x.tsv")
        clustcr:::write_output(path, function(aside) {
            writeLines("part", aside)
            file.create(begun)
            Sys.sleep(600)
        })
    })
    mine <- intersect(unfinished(folder),
        grep("^[.]clustcr-[0-9a-f]+[.]part$", unfinished(folder), value = TRUE))
    expect_length(mine, 1L)
    # It is at work: another leaves its file alone.
    write_output(file.path(folder, "z"), function(aside) cat("z", file = aside))
    expect_true(mine %in% unfinished(folder))
    writer$kill()
    expect_true(mine %in% unfinished(folder))
    write_output(file.path(folder, "z"), function(aside) cat("z", file = aside))
    expect_setequal(list.files(folder, all.files = TRUE, no.. = TRUE),
        c(basename(others), "begun", "z"))
})

test_that("a killed writer of a folder leaves nothing that looks whole", {
    place <- withr::local_tempdir()
    path <- file.path(place, "x")
    dir.create(path)
    writeLines("before", file.path(path, "part"))
    writer <- writer_at_work(paste0(path, "-begun"), function(begun) {
        path <- sub("-begun$", "", begun)
        clustcr:::write_output_folder(path, "part", function(aside) {
            writeLines("half", file.path(aside, "part"))
            file.create(begun)
            Sys.sleep(600)
        })
    })
    after <- function(aside) writeLines("after", file.path(aside, "part"))
    # It is at work: another leaves its folder alone.
    mine <- unfinished(place)
    expect_length(mine, 2L)
    write_output_folder(file.path(place, "y"), "part", after)
    expect_setequal(unfinished(place), mine)
    writer$kill()
    expect_setequal(unfinished(place), mine)
    expect_identical(readLines(file.path(path, "part")), "before")
    # One whose first renaming was the last that it did.
    dir.create(file.path(place, ".clustcr-12ab.parts.before"))
    write_output_folder(path, "part", after)
    expect_identical(readLines(file.path(path, "part")), "after")
    expect_setequal(list.files(place, all.files = TRUE, no.. = TRUE),
        c("x", "x-begun", "y"))
})

test_that("an error leaves what was there, and nothing else", {
    folder <- withr::local_tempdir()
    path <- file.path(folder, "x")
    writeLines("before", path)
    expect_error(write_output(path, function(aside) {
        writeLines("half", aside)
        stop("no more")
    }), "no more")
    expect_identical(list.files(folder, all.files = TRUE, no.. = TRUE), "x")
    expect_identical(readLines(path), "before")
    write_output(path, function(aside) writeLines("after", aside))
    expect_identical(readLines(path), "after")
    dir.create(file.path(folder, "d", "e"), recursive = TRUE)
    expect_error(write_output(file.path(folder, "d"), function(aside) NULL),
        "'.*d' can't be written", class = "clustcr_error_io")
    expect_length(unfinished(folder), 0L)
})

test_that("a link that is called like an unfinished file is left alone", {
    folder <- withr::local_tempdir()
    file <- withr::local_tempfile(lines = "theirs")
    link <- file.path(folder, ".clustcr-12ab.part")
    skip_if_not(file.symlink(file, link), "links can't be made")
    write_output(file.path(folder, "x"), function(aside) {
        writeLines("x", aside)
    })
    expect_identical(readLines(file), "theirs")
    expect_identical(Sys.readlink(link), file)
})
