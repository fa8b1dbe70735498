# Rows that stay in the core: whatever a file holds, they are those that
# tidy_rows() makes of R's vectors, and so is what becomes of them.

# Runs code as if no row could stay in the core.
in_vectors <- function(code) {
    local_binding("stays_in_core", function(layout, options) FALSE)
    code
}

# What comes of a file, with all that is said, or the error.
all_of <- function(file, ...) {
    said <- character()
    table <- tryCatch(
        withCallingHandlers(
            readRepertoire(file, ...),
            message = function(m) {
                said <<- c(said, conditionMessage(m))
                invokeRestart("muffleMessage")
            }
        ),
        clustcr_error = function(e) list(class(e), conditionMessage(e))
    )
    list(table, said)
}

words <- list(
    junction_aa = c("CASSLGQAYEQYF", "CASSIRSSYEQYF", "ASSPGTGGYEQY", "", "NA",
        "CASS*GQF", "region_not_covered", "cassf", "None", "CSARDPSGNTIYF",
        "Junction_aa", "JUNCTION_AA", " junction_aa"),
    v_call = c("TRBV6-2*01", "TRBV6-2", "TRAV29/DV5", "TCRBV07-09", "", "NA",
        "TRBV12-3,TRBV12-4", "strange", "TRDV1", "TRAV1-2"),
    j_call = c("TRBJ2-7*01", "TRAJ33", "TRDJ1", "", "unresolved", "other"),
    # Fill v_call where it is vaguer.
    v_gene = c("TRBV6-2", "TRBV12", "", "odd one", "TRBV28"),
    allVHitsWithScore = c("TRBV19*00(100),TRBV2*00(1)", "", "odd two"),
    duplicate_count = c("1", "2", "", "30", "007", "4"),
    umi_count = c("1", "5", "", "3000000000", "2.5", "0.2"),
    repertoire_id = c("a", "", "b", "NA"),
    sequence_id = c("s1", "s2", "", "NA", "null"),
    locus = c("TRB", "TRA", "", "beta", "Multi", "TRA,TRD", "TRD"),
    productive = c("T", "F", "true", "", "no"),
    cell_id = c("AAAC-1", "", "None"),
    is_cell = c("True", "False", "")
)

# Some columns, in any order; `odd` puts a word into one row.
random_table <- function(n, odd = NULL) {
    names <- c("junction_aa", sample(setdiff(names(words), "junction_aa"),
        sample(4:12, 1)))
    # Counts of integers, or not.
    columns <- lapply(stats::setNames(nm = names), function(name) {
        some <- words[[name]]
        if (name == "umi_count" && runif(1) < 0.5) some <- some[1:3]
        sample(some, n, TRUE)
    })
    for (name in intersect(names(odd), names)) {
        columns[[name]][sample(n, 1)] <- odd[[name]]
    }
    as.data.frame(columns)[sample(length(columns))]
}

write_random <- function(table, folder, separator = "\t") {
    file <- file.path(folder, "a.tsv")
    utils::write.table(table, file, sep = separator, quote = separator != "\t",
        row.names = FALSE)
    file
}

test_that("a table is that of R's vectors, whatever is in it", {
    withr::local_seed(5)
    folder <- withr::local_tempdir()
    odds <- list(NULL, NULL, list(sequence_id = "Ren\u00e9e"),
        list(v_call = "\u03b2"), list(productive = "perhaps"),
        list(duplicate_count = "many"), list(umi_count = "-1"),
        list(duplicate_count = "1e20"), list(junction_aa = "CAVF;CASSF",
            locus = "TRA;TRB"), list(cell_id = "\xff"), list(v_call = "\xfe"))
    failed <- 0
    for (round in 1:120) {
        table <- random_table(sample(c(1, 3, 40), 1),
            odds[[sample(length(odds), 1)]])
        file <- write_random(table, folder, sample(c("\t", ",", ";"), 1))
        arguments <- list(file,
            locus = sample(list(NULL, "TRB", "TRA", c("TRA", "TRB")), 1)[[1]],
            productive = runif(1) < 0.7, cells_only = runif(1) < 0.5)
        found <- do.call(all_of, arguments)
        expect_identical(found, in_vectors(do.call(all_of, arguments)))
        failed <- failed + !is.data.frame(found[[1]])
        arguments$chunk_size <- sample(c(1, 7, 97), 1)
        parts <- function() {
            parts <- list()
            arguments$callback <- function(part) {
                parts[[length(parts) + 1L]] <<- part
            }
            totals <- do.call(all_of, arguments)
            list(parts, totals)
        }
        expect_identical(parts(), in_vectors(parts()))
    }
    # Some were read, and some refused.
    expect_gt(failed, 5)
    expect_lt(failed, 80)
})

test_that("nucleotides, lists in quotes and spaced words are told as before", {
    folder <- withr::local_tempdir()
    withr::local_seed(2)
    dna <- replicate(50, paste(sample(c("A", "C", "G", "T"), 30, TRUE),
        collapse = ""))
    file <- write_random(data.frame(junction_aa = dna, v_call = "TRBV2"),
        folder)
    found <- all_of(file)
    expect_match(found[[1]][[2]], "is of nucleotides")
    expect_identical(found, in_vectors(all_of(file)))
    for (lines in list(c("\"CASSF\"", "\" CASRF \"", "\"\"", "NA"),
        c("cdr3", "\"CASSF\"", "CASSIRSSYEQYF"))) {
        writeLines(lines, file)
        expect_identical(all_of(file), in_vectors(all_of(file)))
    }
    writeLines(c("junction_aa,v_call", "\" CASSF\",TRBV2", "\"NA \",TRBV2"),
        file)
    found <- all_of(file)
    expect_identical(found, in_vectors(all_of(file)))
    expect_identical(found[[1]]$junction_aa, "CASSF")
})

test_that("a store is that of R's tables, byte for byte", {
    withr::local_seed(8)
    folder <- withr::local_tempdir()
    files <- vapply(1:6, function(i) {
        file <- file.path(folder, paste0("s", i, ".tsv"))
        file.rename(write_random(random_table(200), folder), file)
        file
    }, "")
    files <- c(files, fixture("airr/umi_count.tsv"),
        fixture("vdjtools/plain_header.txt"), fixture("adaptive/v2.tsv"),
        fixture("list/no_title.txt"))
    for (arguments in list(list(), list(v_gene = "gene", j_gene = "family"),
        list(chain = "A"), list(productive = FALSE),
        list(max_sequence_size = 12))) {
        productive <- !identical(arguments$productive, FALSE)
        arguments$productive <- NULL
        of_store <- function() {
            clustering <- do.call(Clustering, c(list(method = "components",
                directory = withr::local_tempdir()), arguments))
            suppressWarnings(suppressMessages(
                clustering$batch_precluster_files(files,
                    productive = productive)
            ))
            list(stored_bytes(clustering$directory)$shard, clustering$batches())
        }
        found <- of_store()
        expect_gt(sum(found[[2]]$rows), 40)
        expect_identical(found, in_vectors(of_store()))
    }
})

test_that("it is the core that tells, where it can", {
    held <- function(path, ...) {
        reader <- clustcr:::open_reader(path, "auto",
            clustcr:::reading_options(...), NULL, held = TRUE)
        on.exit(reader$close())
        class(reader$read())
    }
    for (path in c("airr/umi_count.tsv", "list/no_title.txt",
        "10x/filtered_v3.csv")) {
        expect_identical(held(fixture(path)), "rows_in_core", info = path)
    }
    # Counts of templates or reads are chosen by tidy().
    expect_identical(held(fixture("vdjtools/plain_header.txt")), "data.frame")
})
