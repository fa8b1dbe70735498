# Several repertoires in one file are what a file for each is.

# The same rows as one file, in any order, and as a file for each.
divided_cohort <- function(n, rows, seed, folder = withr::local_tempdir(
                               .local_envir = parent.frame()),
                           shuffled = TRUE) {
    tables <- random_cohort(n, rows, seed)
    names(tables) <- paste0("rep", c(2, 10, 1, 3:9))[seq_len(n)]
    tables <- Map(function(table, id) {
        table$locus <- rep_len(c("TRB", "TRB", "TRA"), nrow(table))
        table$junction_aa[4] <- ""
        cbind(repertoire_id = id, table)
    }, tables, names(tables))
    tables <- tables[order(names(tables), method = "radix")]
    dir.create(file.path(folder, "many"))
    dir.create(file.path(folder, "one"))
    bound <- do.call(rbind, tables)
    if (shuffled) {
        bound <- bound[withr::with_seed(seed, sample(nrow(bound))), ]
    }
    list(
        many = write_cohort(tables, file.path(folder, "many")),
        one = write_cohort(list(all = bound), file.path(folder, "one")),
        names = names(tables), rows = rows
    )
}

bytes_of <- function(x, columns = c("cluster_id", "duplicate_count",
                            "n_samples", "sample_counts")) {
    file <- withr::local_tempfile(fileext = ".tsv")
    writeClusters(x, file, columns = columns)
    readLines(file)
}

test_that("the file of the cases has its three repertoires", {
    file <- withr::local_tempfile(fileext = ".tsv")
    writeLines(c(
        "sequence_id\trepertoire_id\tjunction_aa\tv_call\tduplicate_count",
        "1\trep1\tCASSLGQAYEQYF\tTRBV7-9*01\t3",
        "2\trep2\tCASSLGQGYEQYF\tTRBV7-9*01\t1",
        "3\trep3\tCASSLGQGYEQYF\tTRBV7-9*01\t1"
    ), file)
    expect_message(x <- clusterRepertoires(file),
        "holds 3 repertoires: \"rep1\", \"rep2\", \"rep3\"",
        class = "clustcr_message_sheet")
    expect_identical(clusterSamples(x)$repertoire_id, c("rep1", "rep2", "rep3"))
    expect_identical(clusterAudit(x)$repertoire_id, c("rep1", "rep2", "rep3"))
    expect_identical(as.data.frame(x, columns = "sample_counts")$sample_counts,
        c("1:3", "2:1,3:1"))
    for (name in c("sample_id", "RunId", "sample")) {
        text <- sub("repertoire_id", name, readLines(file))
        other <- withr::local_tempfile(fileext = ".tsv")
        writeLines(text, other)
        expect_identical(clusterSamples(cohort_clusters(other))$repertoire_id,
            c("rep1", "rep2", "rep3"))
    }
})

test_that("one file and a file for each give the same bytes", {
    for (arguments in list(list(), list(method = "components"),
        list(method = "two-step", borders = "cut", faiss_cluster_size = 50),
        list(method = "faiss", faiss_cluster_size = 50), list(chunk_size = 7),
        list(method = "faiss", faiss_cluster_size = 50, chunk_size = 11))) {
        # Of a training sample the order within a repertoire matters.
        drawn <- !is.null(arguments$faiss_cluster_size)
        cohort <- divided_cohort(5, 60, length(arguments), shuffled = !drawn)
        run <- function(files) {
            do.call(cohort_clusters, c(list(files, v_gene = "gene"), arguments))
        }
        many <- run(cohort$many)
        one <- run(cohort$one)
        expect_identical(clusterSamples(one)$repertoire_id, cohort$names)
        # Counts of rows that were left out are those of each.
        expect_equal(as.data.frame(clusterAudit(one)),
            as.data.frame(clusterAudit(many)))
        expect_equal(clusterAudit(one)$given, rep(cohort$rows, 5))
        expect_identical(bytes_of(one), bytes_of(many))
    }
})

test_that("workers and memory give the same, and each file is read once", {
    cohort <- divided_cohort(4, 40, 3)
    one <- cohort_clusters(cohort$one)
    skip_if_not_installed("BiocParallel")
    for (chunk in list(NULL, 9)) {
        found <- cohort_clusters(cohort$one, chunk_size = chunk,
            BPPARAM = BiocParallel::SerialParam())
        expect_identical(bytes_of(found), bytes_of(one))
        expect_equal(as.data.frame(clusterAudit(found)),
            as.data.frame(clusterAudit(one)))
    }
    expect_identical(ls(clustcr:::divided), character())
})

test_that("a run that was killed within the file goes on", {
    cohort <- divided_cohort(4, 40, 5)
    right <- cohort_clusters(cohort$one)
    for (stop_at in 1:4) for (chunk in list(NULL, 9)) {
        directory <- withr::local_tempdir()
        count <- 0
        real <- clustcr:::remember_file
        killed <- function(...) {
            count <<- count + 1
            if (count == stop_at) stop("killed")
            real(...)
        }
        local({
            local_binding("remember_file", killed)
            expect_error(cohort_clusters(cohort$one, directory = directory,
                chunk_size = chunk), "killed")
        })
        x <- cohort_clusters(cohort$one, directory = directory)
        expect_identical(bytes_of(x), bytes_of(right))
        expect_equal(as.data.frame(clusterAudit(x)),
            as.data.frame(clusterAudit(right)))
    }
    # Nothing is read again, and what has changed is.
    expect_message(clusterRepertoires(cohort$one, directory = directory),
        "4 repertoires are in the directory already")
    text <- readLines(cohort$one)
    writeLines(text[-2], cohort$one)
    expect_error(cohort_clusters(cohort$one, directory = directory),
        class = "clustcr_error_changed")
    x <- cohort_clusters(cohort$one, directory = directory,
        changed = "replace")
    expect_identical(sum(clusterAudit(x)$given), 4 * 40 - 1)
})

test_that("each repertoire's rows are written again, once", {
    cohort <- divided_cohort(3, 30, 7)
    x <- cohort_clusters(cohort$one)
    folder <- withr::local_tempdir()
    writeClusters(x, folder, format = "airr")
    expect_identical(sort(list.files(folder), method = "radix"),
        paste0(cohort$names, ".tsv.gz"))
    many <- cohort_clusters(cohort$many)
    other <- withr::local_tempdir()
    writeClusters(many, other, format = "airr")
    for (name in list.files(folder)) {
        rows <- readLines(file.path(folder, name))
        expect_setequal(rows, readLines(file.path(other, name)))
        expect_length(rows, 31)
    }
})

test_that("sheets name the repertoires of a file, or all as one", {
    cohort <- divided_cohort(3, 20, 9)
    sheet <- data.frame(repertoire_id = rev(cohort$names), age = 3:1)
    x <- cohort_clusters(cohort$one, sheet)
    expect_identical(clusterSamples(x)$age, 1:3)
    by_file <- data.frame(file = cohort$one, study = "s")
    expect_identical(clusterSamples(cohort_clusters(by_file))$study, rep("s",
        3))
    expect_identical(clusterSamples(cohort_clusters(cohort$one, by_file))$
        repertoire_id, cohort$names)
    each <- data.frame(file = cohort$one, sample_id = rev(cohort$names))
    found <- cohort_clusters(each)
    expect_identical(clusterSamples(found)$repertoire_id, rev(cohort$names))
    expect_identical(clusterAudit(found)$given, rep(20, 3))
    expect_message(one <- clusterRepertoires(c(all = cohort$one)),
        "taken as one, \"all\"", class = "clustcr_message_sheet")
    expect_identical(clusterAudit(one)$given, 60)
    for (bad in list(each[-1, ], rbind(each, data.frame(file = cohort$one,
        sample_id = "x")), sheet[-1, ], rbind(each, each[1, ]))) {
        expect_error(
            if (is.null(bad$file)) cohort_clusters(cohort$one, bad)
            else cohort_clusters(bad), class = "clustcr_error_samples")
    }
    # Two files with the same repertoire are asked about.
    other <- sub("all", "b", cohort$one)
    file.copy(cohort$one, other)
    expect_error(cohort_clusters(c(cohort$one, other)),
        "more often", class = "clustcr_error_samples")
})

test_that("rows without a repertoire have the file's name", {
    file <- withr::local_tempfile(pattern = "lane", fileext = ".tsv")
    writeLines(c("junction_aa\tsample_id\tlocus", "CASSF\tb\tTRB",
        "CATSF\t\tTRB", "CAFSF\tNA\tTRB", "CAGSF\tonly alpha\tTRA"), file)
    id <- sub("[.]tsv$", "", basename(file))
    expect_message(x <- clusterRepertoires(file, v_gene = "none"),
        "rows without one, which are called after the file")
    expect_identical(clusterSamples(x)$repertoire_id, c(id, "b", "only alpha"))
    expect_identical(clusterAudit(x)$accepted, c(2, 1, 0))
    expect_identical(clusterAudit(x)$other_locus, c(0, 0, 1))
    folder <- withr::local_tempdir()
    writeClusters(x, folder, format = "airr")
    rows <- vapply(list.files(folder, full.names = TRUE), function(path) {
        length(readLines(path)) - 1L
    }, 0L)
    expect_identical(sum(rows), 4L)
    # One repertoire, however it is called, is one file's.
    writeLines(c("junction_aa\tsample_id", "CASSF\tb", "CATSF\tb"), file)
    expect_no_message(x <- clusterRepertoires(file),
        class = "clustcr_message_sheet")
    expect_identical(clusterSamples(x)$repertoire_id, id)
})

test_that("the rows of each repertoire of a file are assigned once", {
    cohort <- divided_cohort(3, 20, 11)
    x <- cohort_clusters(cohort$one)
    assigned <- function(files) {
        output <- withr::local_tempfile(fileext = ".tsv")
        suppressMessages(clustcr:::assign_files(x, files, output))
        utils::read.delim(output, colClasses = "character")
    }
    one <- assigned(cohort$one)
    many <- assigned(stats::setNames(cohort$many, cohort$names))
    expect_identical(table(one$repertoire_id), table(many$repertoire_id))
    key <- function(x) {
        sort(paste(x$repertoire_id, x$junction_aa, x$v_call, x$status,
            x$cluster), method = "radix")
    }
    expect_identical(key(one), key(many))
})
