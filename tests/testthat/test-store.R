stored_run <- function(..., env = parent.frame()) {
    folder <- withr::local_tempdir(.local_envir = env)
    run <- batch_run(random_cdr3(600, 31), directory = folder, ...)
    list(folder = folder, run = run)
}

# Opens the directory anew and uses all of it.
use_store <- function(folder) {
    run <- Clustering(directory = folder)
    run$batches()
    run$audit()
    all_batches(run)
}

test_that("readPrecluster gives the rows of all batches in order", {
    x <- random_cdr3(500, 32)
    run <- batch_run(x, batches = 4)
    rows <- do.call(rbind, lapply(
        seq_len(ncol(run$centroids)), readPrecluster, directory = run$directory
    ))
    expect_setequal(rows$junction_aa, x)
    batch <- rep_len(1:4, 500)[match(rows$junction_aa, x)]
    expect_identical(rows$repertoire_id, paste("batch", batch))
    expect_error(
        readPrecluster(run$directory, ncol(run$centroids) + 1),
        class = "clustcr_error"
    )
    expect_error(readPrecluster(tempfile(), 1), class = "clustcr_error")
    run$batch_cleanup()
})

test_that("precluster files are tables that other tools read", {
    store <- stored_run()
    files <- list.files(store$folder, "^[0-9]+[.]tsv$", recursive = TRUE,
        full.names = TRUE)
    files <- files[grepl("preclusters", files)]
    expect_length(files, ncol(store$run$centroids))
    table <- do.call(rbind, lapply(files, utils::read.delim))
    expect_setequal(table$junction_aa, random_cdr3(600, 31))
    expect_setequal(table$batch, 1:3)
})

test_that("each kind of damage is an error that names the file", {
    damage <- list(
        flipped = function(file) {
            bytes <- readBin(file, "raw", file.size(file))
            at <- length(bytes) %/% 2
            bytes[at] <- xor(bytes[at], as.raw(4))
            writeBin(bytes, file)
        },
        truncated = function(file) {
            writeBin(readBin(file, "raw", file.size(file) - 5), file)
        },
        missing = unlink,
        foreign = function(file) writeLines("something else", file)
    )
    victims <- c(
        "clustcr.dcf", "centroids.bin", "shards/1/batches/00000002.tsv",
        "shards/1/preclusters/0001/00000001.tsv"
    )
    pristine <- stored_run()$folder
    for (victim in victims) {
        for (kind in names(damage)) {
            folder <- withr::local_tempdir()
            file.copy(list.files(pristine, full.names = TRUE), folder,
                recursive = TRUE)
            damage[[kind]](file.path(folder, victim))
            if (victim == "clustcr.dcf" && kind == "missing") {
                # Not a store any more.
                expect_error(use_store(folder), class = "clustcr_error")
                next
            }
            expect_error(
                use_store(folder), basename(victim), fixed = TRUE,
                class = "clustcr_error", info = paste(victim, kind)
            )
        }
    }
})

test_that("a store of a newer version is refused", {
    folder <- stored_run()$folder
    manifest <- file.path(folder, "clustcr.dcf")
    lines <- readLines(manifest)
    version <- grep("^Format: ", lines)
    expect_length(version, 1)
    lines[version] <- "Format: 99"
    writeLines(lines, manifest)
    expect_error(
        Clustering(directory = folder), "99", class = "clustcr_error"
    )
})

test_that("a folder with other things in it is no store, and can become one", {
    folder <- withr::local_tempdir()
    writeLines("mine", file.path(folder, "notes.txt"))
    run <- batch_run(random_cdr3(300, 33), directory = folder)
    expect_gt(nrow(batch_table(run)), 0)
    run$batch_cleanup()
    expect_identical(readLines(file.path(folder, "notes.txt")), "mine")
})
