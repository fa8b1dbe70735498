# Receptors in memory, in databases and in other files are what text files of
# the same rows are.

cohort_tables <- function(n = 4, rows = 60, seed = 1) {
    tables <- random_cohort(n, rows, seed)
    names(tables) <- paste0("p", seq_len(n))
    lapply(tables, function(x) {
        x$junction_aa[3:4] <- c("", "CASS*F")
        x
    })
}

text_of <- function(x) {
    file <- withr::local_tempfile(fileext = ".tsv")
    writeClusters(x, file, columns = c("cluster_id", "duplicate_count",
        "n_samples", "sample_counts"))
    readLines(file)
}

same_cohort <- function(x, right) {
    expect_identical(text_of(x), text_of(right))
    expect_identical(clusterSamples(x)$repertoire_id,
        clusterSamples(right)$repertoire_id)
    expect_equal(as.data.frame(clusterAudit(x)),
        as.data.frame(clusterAudit(right)))
}

bound_tables <- function(tables) {
    do.call(rbind, Map(cbind, repertoire_id = names(tables), tables))
}

test_that("lists, one table, and files give the same bytes", {
    tables <- cohort_tables()
    right <- cohort_clusters(write_cohort(tables))
    same_cohort(cohort_clusters(tables), right)
    same_cohort(cohort_clusters(lapply(tables, tibble::as_tibble)), right)
    bound <- bound_tables(tables)
    same_cohort(cohort_clusters(bound), right)
    same_cohort(cohort_clusters(bound, chunk_size = 7), right)
    same_cohort(cohort_clusters(S4Vectors::DataFrame(bound)), right)
    # Rows in any order, the name of the column as others have it.
    names(bound)[1] <- "sample_id"
    bound <- bound[withr::with_seed(1, sample(nrow(bound))), ]
    same_cohort(cohort_clusters(bound), right)
    skip_if_not_installed("BiocParallel")
    same_cohort(cohort_clusters(tables,
        BPPARAM = BiocParallel::SerialParam()), right)
})

test_that("tables have their sheet, their directory, and go on", {
    tables <- cohort_tables()
    sheet <- data.frame(sample = rev(names(tables)), group = c("a", "b"))
    directory <- file.path(withr::local_tempdir(), "cohort")
    first <- cohort_clusters(tables, sheet, directory)
    expect_identical(clusterSamples(first)$group, c("b", "a", "b", "a"))
    expect_message(clusterRepertoires(tables, sheet, directory),
        "4 files are in the directory already")
    tables$p2$junction_aa[1] <- "CASSQQQQYF"
    expect_error(cohort_clusters(tables, sheet, directory), "is changed",
        class = "clustcr_error_changed")
    immunarch <- list(data = lapply(tables, function(x) {
        data.frame(Clones = x$duplicate_count, CDR3.aa = x$junction_aa,
            V.name = x$v_call)
    }), meta = data.frame(Sample = names(tables), Age = 1:4))
    x <- cohort_clusters(immunarch)
    expect_identical(clusterSamples(x)$Age, 1:4)
    expect_identical(text_of(x), text_of(cohort_clusters(tables)))
})

test_that("what is awkward in text comes back", {
    table <- data.frame(junction_aa = c("CASSLGQAYEQYF", "CASSPGQAYEQYF"),
        repertoire_id = c("a, \"b\"", "J\u00f6rg"), duplicate_count = c(1e5, 2),
        v_call = factor("TRBV7-9"), note = c("x\ty", "line\nend"))
    table$list <- list(1, 2)
    messages <- character()
    x <- withCallingHandlers(clusterRepertoires(table), message = function(m) {
        messages <<- c(messages, conditionMessage(m))
        invokeRestart("muffleMessage")
    })
    expect_match(messages, "`list`", all = FALSE)
    expect_match(messages, "^`files` holds 2 repertoires", all = FALSE)
    expect_error(clusterRepertoires(list(a = table, "b \"c" = transform(table,
        junction_aa = "TGTGCCAGCAGCTTAGCGGGGGAACAGTAC")[-6])),
        "`files\\[\\[\"b .*nucleotides", class = "clustcr_error_format")
    expect_setequal(clusterSamples(x)$repertoire_id, table$repertoire_id)
    found <- as.data.frame(x, columns = "duplicate_count")
    expect_identical(sort(found$duplicate_count), c(2, 1e5))
})

test_that("cells are what their pairs are", {
    cells <- random_cells(40, 3)
    object <- cell_experiment(cells)
    x <- suppressMessages(clusterRepertoires(object, chain = "AB"))
    fitted <- suppressMessages(Clustering(method = "mcl", chain = "AB",
        v_gene = "gene", mcl_params = c(1.5, 2))$fit(object))
    expect_identical(cluster_sets(as.data.frame(x)),
        cluster_sets(as.data.frame(fitted)))
    contigs <- list(s1 = as_contig_list(cells)[[1]])
    y <- suppressMessages(clusterRepertoires(contigs, chain = "AB"))
    expect_identical(cluster_sets(as.data.frame(y)),
        cluster_sets(as.data.frame(fitted)))
})

test_that("a table of a database is read by parts", {
    skip_if_not_installed("RSQLite")
    skip_if_not_installed("dbplyr")
    tables <- cohort_tables()
    right <- cohort_clusters(write_cohort(tables))
    connection <- DBI::dbConnect(RSQLite::SQLite(), ":memory:")
    withr::defer(DBI::dbDisconnect(connection))
    DBI::dbWriteTable(connection, "receptors", bound_tables(tables))
    same_cohort(cohort_clusters(dplyr::tbl(connection, "receptors")), right)
    for (rows in c(1L, 97L)) {
        local_binding("rows_at_once", rows)
        same_cohort(cohort_clusters(dplyr::tbl(connection, "receptors")),
            right)
    }
    none <- dplyr::filter(dplyr::tbl(connection, "receptors"), FALSE)
    expect_identical(length(cohort_clusters(none)), 0L)
})

test_that("Parquet files are read as text files are", {
    skip_if_not_installed("nanoparquet")
    tables <- cohort_tables()
    right <- cohort_clusters(write_cohort(tables))
    folder <- withr::local_tempdir()
    for (name in names(tables)) {
        nanoparquet::write_parquet(tables[[name]], file.path(folder,
            paste0(name, ".parquet")))
    }
    same_cohort(cohort_clusters(folder), right)
    one <- file.path(folder, "all.parquet")
    nanoparquet::write_parquet(bound_tables(tables), one)
    same_cohort(cohort_clusters(one), right)
    text <- withr::local_tempfile(fileext = ".tsv")
    utils::write.table(tables$p1, text, sep = "\t", quote = FALSE,
        row.names = FALSE)
    expect_equal(readRepertoire(file.path(folder, "p1.parquet")),
        readRepertoire(text))
    writeBin(c(charToRaw("PAR1"), as.raw(1:50)), one)
    expect_error(readRepertoire(one), "can't be read as a Parquet",
        class = "clustcr_error_format")
})

# Writes tables as the files of a folder.
write_parquet_files <- function(tables, folder) {
    for (name in names(tables)) {
        path <- file.path(folder, name)
        dir.create(dirname(path), FALSE, TRUE)
        nanoparquet::write_parquet(tables[[name]], path)
    }
    folder
}

test_that("a cohort is what it is in whatever shape it comes", {
    skip_if_not_installed("nanoparquet")
    skip_if_not_installed("RSQLite")
    skip_if_not_installed("dbplyr")
    tables <- cohort_tables(3)
    bound <- bound_tables(tables)
    connection <- DBI::dbConnect(RSQLite::SQLite(), ":memory:")
    withr::defer(DBI::dbDisconnect(connection))
    DBI::dbWriteTable(connection, "receptors", bound)
    parts <- stats::setNames(split(bound, rep(1:4, 45)),
        sprintf("part-%d.parquet", 0:3))
    shapes <- list(
        files = write_cohort(tables), "one file" = write_cohort(list(
            all = bound)), list = tables, table = bound,
        Parquet = file.path(write_parquet_files(list("all.parquet" = bound),
            withr::local_tempdir()), "all.parquet"),
        parts = write_parquet_files(parts, withr::local_tempdir()),
        hive = write_parquet_files(stats::setNames(tables, paste0(
            "repertoire_id=", names(tables), "/data_0.parquet")),
            withr::local_tempdir()),
        database = dplyr::tbl(connection, "receptors")
    )
    # Everything that is written, and the rows with their clusters.
    bytes <- lapply(shapes, function(shape) {
        x <- cohort_clusters(shape)
        file <- withr::local_tempfile(fileext = ".tsv")
        writeClusters(x, file, columns = clustcr:::result_columns)
        readBin(file, "raw", file.size(file))
    })
    for (name in names(shapes)) {
        expect_identical(bytes[[name]], bytes$files, info = name)
    }
    expect_gt(length(bytes$files), 500)
})

test_that("a folder of Parquet parts is one table", {
    skip_if_not_installed("nanoparquet")
    tables <- cohort_tables()
    right <- cohort_clusters(write_cohort(tables))
    bound <- bound_tables(tables)
    thirds <- split(bound, sort(rep(1:3, length.out = nrow(bound))))
    folder <- write_parquet_files(stats::setNames(thirds,
        sprintf("part-%d.parquet", 0:2)), withr::local_tempdir())
    expect_message(x <- clusterRepertoires(folder), paste0("' is one table of ",
        "3 files: 'part-0.parquet', 'part-1.parquet'"))
    same_cohort(x, right)
    same_cohort(cohort_clusters(folder, chunk_size = 7), right)
    # The sheet beside it; columns that differ; numbers for names.
    sheet <- data.frame(sample = names(tables), ill = c(TRUE, FALSE))
    utils::write.csv(sheet, file.path(folder, "samples.csv"), row.names = FALSE)
    thirds[[2]]$count <- thirds[[2]]$duplicate_count
    thirds[[2]]$duplicate_count <- NULL
    write_parquet_files(stats::setNames(thirds, sprintf("part-%d.parquet",
        0:2)), folder)
    x <- cohort_clusters(folder)
    same_cohort(x, right)
    expect_identical(clusterSamples(x)$ill, c(TRUE, FALSE, TRUE, FALSE))
    folder <- write_parquet_files(stats::setNames(thirds[-2],
        c("1.parquet", "2.parquet")), withr::local_tempdir())
    expect_setequal(clusterSamples(cohort_clusters(folder))$repertoire_id,
        unique(unlist(lapply(thirds[-2], `[[`, "repertoire_id"))))
    one <- write_parquet_files(list("part-0.parquet" = thirds[[1]][1:30, ]),
        withr::local_tempdir())
    expect_identical(clusterSamples(cohort_clusters(one))$repertoire_id, "p1")
    # A part that can't be read.
    writeBin(c(charToRaw("PAR1"), as.raw(1:50)), file.path(folder, "2.parquet"))
    expect_error(cohort_clusters(folder), "2.parquet' can't be read",
        class = "clustcr_error_format")
})

test_that("whose rows are of which repertoire is asked where nothing says", {
    skip_if_not_installed("nanoparquet")
    tables <- cohort_tables(2)
    tables <- lapply(tables, transform, who = rep(c("x", "y"), 30))
    parts <- write_parquet_files(stats::setNames(tables,
        c("part-0.parquet", "part-1.parquet")), withr::local_tempdir())
    expect_error(cohort_clusters(parts), "no column says which rows",
        class = "clustcr_error_samples")
    x <- cohort_clusters(parts, columns = c(repertoire_id = "who"))
    expect_identical(clusterSamples(x)$repertoire_id, c("x", "y"))
    files <- list.files(parts, full.names = TRUE)
    right <- cohort_clusters(tables)
    expect_identical(text_of(cohort_clusters(stats::setNames(files,
        names(tables)))), text_of(right))
    # Numbered files without such a column are repertoires, as others are.
    numbered <- write_parquet_files(stats::setNames(tables,
        c("1.parquet", "2.parquet")), withr::local_tempdir())
    expect_identical(clusterSamples(cohort_clusters(numbered))$repertoire_id,
        c("1", "2"))
})

test_that("folders may be called by what all of their rows have", {
    skip_if_not_installed("nanoparquet")
    tables <- cohort_tables()
    names(tables)[4] <- "p4 /%"
    right <- cohort_clusters(tables)
    halves <- lapply(tables, function(x) split(x, rep(1:2, each = 30)))
    halves$p1[[2]] <- halves$p1[[2]][c(3, 1, 2)]
    files <- unlist(unname(Map(function(name, x) {
        folder <- paste0("sample_id=", utils::URLencode(name, TRUE), "/locus=",
            "TRB/")
        stats::setNames(x, paste0(folder, "part-", 0:1, ".parquet"))
    }, names(tables), halves)), recursive = FALSE)
    folder <- write_parquet_files(files, withr::local_tempdir())
    expect_message(x <- clusterRepertoires(folder),
        "8 Parquet files, divided into 4 repertoires by folders")
    expect_identical(text_of(x), text_of(right))
    expect_setequal(clusterSamples(x)$repertoire_id, names(tables))
    found <- quiet(list.files(folder, full.names = TRUE, recursive = TRUE)[1])
    expect_identical(found$locus[1], "TRB")
    expect_identical(found$repertoire_id[1], "p1")
    # Folders that tell no repertoire.
    years <- stats::setNames(unname(split(bound_tables(tables),
        rep(1:2, 120))), c("year=2024/0.parquet", "year=2025/0.parquet"))
    folder <- write_parquet_files(years, withr::local_tempdir())
    x <- cohort_clusters(folder)
    expect_identical(cluster_sets(as.data.frame(x)),
        cluster_sets(as.data.frame(right)))
})

test_that("immundata's folder is read", {
    skip_if_not_installed("nanoparquet")
    tables <- cohort_tables()
    right <- cohort_clusters(tables)
    bound <- bound_tables(tables)
    annotations <- with(bound, data.frame(cdr3 = junction_aa, v_call,
        my_count = 1, Therapy = "a", imd_barcode = seq_along(v_call),
        imd_chain_count = duplicate_count, imd_receptor_id = 1,
        imd_repertoire_id = match(repertoire_id, names(tables)),
        imd_count = 99, imd_proportion = 0.5))
    folder <- file.path(withr::local_tempdir(), "imd")
    write_parquet_files(list(annotations.parquet = annotations), folder)
    writeLines("{}", file.path(folder, "metadata.json"))
    x <- cohort_clusters(folder)
    expect_identical(clusterSamples(x)$repertoire_id, as.character(1:4))
    expect_identical(cluster_sets(as.data.frame(x)),
        cluster_sets(as.data.frame(right)))
    expect_identical(as.data.frame(x, columns = "duplicate_count"),
        as.data.frame(right, columns = "duplicate_count"))
    annotations$imd_repertoire_id <- NULL
    write_parquet_files(list(annotations.parquet = annotations), folder)
    expect_identical(clusterSamples(cohort_clusters(folder))$repertoire_id,
        "imd")
})

test_that("what is no table of receptors is refused", {
    refused <- function(files, pattern) {
        expect_error(clusterRepertoires(files), pattern,
            class = "clustcr_error_invalid_argument")
    }
    table <- data.frame(junction_aa = "CASSLGQAYEQYF")
    refused(list(table), "must have a name for each")
    refused(list(a = table, a = table), "\"a\" is there twice")
    refused(list(a = table, b = 1:3), "`files\\$b` is")
    refused(list(), "must have a name")
    refused(data.frame(x = 1), "must have a column `file`.*or `junction_aa`")
})

test_that("repertoires are added to those that are there", {
    tables <- cohort_tables()
    files <- write_cohort(tables)
    directory <- file.path(withr::local_tempdir(), "cohort")
    sheet <- data.frame(repertoire_id = names(tables), file = files,
        group = c("a", "b", "a", "b"))
    cohort_clusters(sheet[1:2, ], directory = directory)
    expect_error(cohort_clusters(sheet[3:4, ], directory = directory),
        "add = TRUE", class = "clustcr_error_samples")
    unlink(files[1])
    x <- cohort_clusters(sheet[3:4, ], directory = directory, add = TRUE)
    expect_identical(clusterSamples(x)$group, sheet$group)
    same_cohort(x, cohort_clusters(tables))
    # Without new ones, and into a directory that is not there.
    same_cohort(cohort_clusters(sheet[4, ], directory = directory,
        add = TRUE), x)
    same_cohort(cohort_clusters(tables, directory = file.path(directory,
        "new"), add = TRUE), x)
    expect_error(clusterRepertoires(tables, add = TRUE), "`directory`",
        class = "clustcr_error_invalid_argument")
    expect_error(cohort_clusters(transform(sheet[4, ], repertoire_id = "p9"),
        directory = directory, add = TRUE), "is there as .* and named \"p9\"",
        class = "clustcr_error_samples")
})

test_that("a sheet is found by the files' names", {
    tables <- cohort_tables()
    folder <- withr::local_tempdir()
    write_cohort(tables, folder)
    sheet <- data.frame(Sample = names(tables), Sex = c("F", "M"), Age = 1:4)
    utils::write.table(sheet, file.path(folder, "metadata.txt"), sep = "\t",
        quote = FALSE, row.names = FALSE)
    expect_message(x <- clusterRepertoires(folder), "The sample sheet is")
    expect_identical(clusterSamples(x)$Age, 1:4)
    expect_identical(clusterSamples(x)$repertoire_id, sheet$Sample)
})

test_that("of Cell Ranger's folders the filtered contigs are read", {
    folder <- withr::local_tempdir()
    tables <- random_cohort(2, 30, 1)
    contigs <- function(table) {
        data.frame(barcode = paste0("A", 1:30, "-1"), is_cell = "True",
            contig_id = paste0("A", 1:30, "-1_contig_1"),
            high_confidence = "True", length = 500, chain = "TRB",
            v_gene = table$v_call, d_gene = "None", j_gene = "TRBJ2-7",
            c_gene = "TRBC2", full_length = "True", productive = "True",
            cdr3 = table$junction_aa, cdr3_nt = "TGT", reads = 10, umis = 5)
    }
    write <- function(table, ...) {
        file <- file.path(folder, ...)
        dir.create(dirname(file), FALSE, TRUE)
        utils::write.csv(table, file, row.names = FALSE, quote = FALSE)
    }
    own <- "filtered_contig_annotations.csv"
    for (i in 1:2) {
        name <- paste0("s", i)
        write(contigs(tables[[i]]), "runs", name, "outs", own)
        write(contigs(tables[[i]]), "runs", name, "outs",
            "all_contig_annotations.csv")
        write(contigs(tables[[i]]), "multi", "outs", "per_sample_outs", name,
            "vdj_t", own)
        write(contigs(tables[[i]])[0, ], "multi", "outs", "per_sample_outs",
            name, "vdj_b", own)
        write(data.frame(clonotype_id = "c1", frequency = 2,
            cdr3s_aa = "TRB:CASSF"), "runs", name, "outs", "clonotypes.csv")
    }
    runs <- file.path(folder, "runs")
    expect_message(x <- clusterRepertoires(runs), "filtered contigs, of \"s1\"")
    expect_identical(clusterSamples(x)$repertoire_id, c("s1", "s2"))
    # What is of gamma and delta in a sample is of it, too.
    write(contigs(tables[[1]])[0, ], "multi", "outs", "per_sample_outs", "s1",
        "vdj_t_gd", own)
    multi <- file.path(folder, "multi")
    same_cohort(cohort_clusters(multi), x)
    same_cohort(cohort_clusters(file.path(multi, "outs")), x)
    outs <- file.path(runs, c("s1", "s2"), "outs")
    expect_message(y <- clusterRepertoires(outs), "other tables")
    same_cohort(y, x)
})

test_that("several files of one repertoire are what one file is", {
    tables <- cohort_tables(2)
    right <- cohort_clusters(tables)
    rows <- lapply(tables, function(x) split(x, rep(1:3, length.out = nrow(x))))
    parts <- unlist(unname(rows), recursive = FALSE)
    names(parts) <- paste0("x", 1:6)
    files <- write_cohort(parts)
    # The last line of one may lack its end, another may be packed.
    writeBin(utils::head(readBin(files[1], "raw", 1e6), -1), files[1])
    packed <- gzfile(paste0(files[5], ".gz"), "wb")
    writeBin(readBin(files[5], "raw", 1e6), packed)
    close(packed)
    files[5] <- paste0(files[5], ".gz")
    sheet <- data.frame(repertoire_id = rep(c("p1", "p2"), each = 3),
        file = files, group = rep(c("a", "b"), each = 3))
    expect_message(x <- clusterRepertoires(sheet),
        "Repertoire \"p1\" is of 3 files: 'x1.tsv', 'x2.tsv', 'x3.tsv'")
    same_cohort(x, right)
    expect_identical(clusterSamples(x)$group, c("a", "b"))
    same_cohort(cohort_clusters(stats::setNames(files, sheet$repertoire_id)),
        right)
    same_cohort(cohort_clusters(unname(files), samples = data.frame(
        file = files, repertoire_id = sheet$repertoire_id)), right)
    # A row that was cut is no row, and no whole one by what follows it.
    whole <- readLines(files[2])
    last <- length(whole)
    cat(whole[-last], substr(whole[last], 1, 8), file = files[2], sep = "\n")
    writeBin(utils::head(readBin(files[2], "raw", 1e6), -1), files[2])
    expect_error(cohort_clusters(sheet), "x2.tsv' must be whole.*within a row",
        class = "clustcr_error_format")
    writeLines(whole, files[2])
    same_cohort(cohort_clusters(sheet), right)
    # Where others lack their last fields, too, that is how it is written.
    short <- sub("\t[^\t]*$", "", whole[-1])
    cat(whole[1], short, file = files[2], sep = "\n")
    writeBin(utils::head(readBin(files[2], "raw", 1e6), -1), files[2])
    expect_identical(clusterAudit(cohort_clusters(sheet))$given,
        clusterAudit(right)$given)
})

# Each file of a repertoire as another program writes it.
as_formats <- function(table, folder) {
    n <- nrow(table)
    rows <- split(table, rep(1:5, length.out = n))
    ends <- function(x) substr(x, 2, nchar(x) - 1)
    write <- function(table, name, sep = "\t") {
        file <- file.path(folder, name)
        utils::write.table(table, file, sep = sep, row.names = FALSE,
            quote = sep == ",")
        file
    }
    a <- rows[[1]]
    a$junction_aa <- paste0(a$junction_aa, "F")
    flags <- rep(c("true", "", "false"), length.out = nrow(rows[[2]]))
    files <- c(
        write(a, "a.tsv"),
        write(with(rows[[2]], data.frame(barcode = "A-1", is_cell = "True",
            chain = "TRB", v_gene = v_call, j_gene = "None",
            cdr3 = paste0(junction_aa, "F"), productive = flags, reads = 9,
            umis = duplicate_count)), "b.csv", ","),
        write(with(rows[[3]], data.frame(v_call, j_call = "TRBJ2-7",
            cdr3_aa = paste0(substring(junction_aa, 2), "DQY"),
            sequence_id = seq_along(v_call), umi_count = duplicate_count)),
            "c.tsv"),
        write(with(rows[[4]], data.frame(count = duplicate_count, freq = 0.1,
            cdr3nt = "", cdr3aa = paste0(junction_aa, "F"), v = v_call,
            d = "", j = "")), "d.txt"),
        write(with(rows[[5]], data.frame(CDR3_beta = paste0(junction_aa, "F"),
            TRBV = v_call, clones = duplicate_count)), "e.csv", ",")
    )
    cat("only one field\n", file = files[3], append = TRUE)
    # What one file of these would be.
    whole <- table
    third <- rep(1:5, length.out = n) == 3
    whole$junction_aa <- ifelse(third, paste0("C", substring(table$junction_aa,
        2), "DQYF"), paste0(table$junction_aa, "F"))
    whole$productive <- "T"
    whole$productive[rep(1:5, length.out = n) == 2] <-
        ifelse(flags == "true", "T", "F")
    list(files = files, whole = do.call(rbind, split(whole,
        rep(1:5, length.out = n))))
}

test_that("files of one repertoire may have columns of their own", {
    tables <- random_cohort(2, 60, 3)
    folder <- withr::local_tempdir()
    made <- as_formats(tables$a, folder)
    right <- cohort_clusters(list(a = made$whole, b = tables$b))
    b <- write_cohort(tables["b"], folder)
    files <- stats::setNames(c(made$files, b), c(rep("a", 5), "b"))
    expect_message(x <- clusterRepertoires(files), paste0("\"a\" is of 5 ",
        "files.*columns differ: '.*b.csv' \\(10x contig annotations\\): ",
        "junction_aa is `cdr3`.*"))
    expect_identical(text_of(x), text_of(right))
    audit <- as.data.frame(clusterAudit(right))
    audit$given <- audit$given + c(1, 0)
    audit$malformed <- c(1, 0)
    found <- as.data.frame(clusterAudit(x))
    expect_equal(found[order(names(found))], audit[order(names(audit))])
    # In parts, by workers, and with columns that the user names.
    expect_identical(text_of(cohort_clusters(files, chunk_size = 7)),
        text_of(right))
    few <- files[c(1, 5)]
    whole <- text_of(cohort_clusters(few))
    for (file in few) {
        writeLines(sub("v_call|TRBV\\b", "my_v", readLines(file)), file)
    }
    expect_identical(text_of(cohort_clusters(few,
        columns = c(v_call = "my_v"))), whole)
    files[c(1, 5)] <- as_formats(tables$a, folder)$files[c(1, 5)]
    skip_if_not_installed("BiocParallel")
    expect_identical(text_of(cohort_clusters(files,
        BPPARAM = BiocParallel::SerialParam())), text_of(right))
})

# As a new session is, which has none of the files that the last put together.
forget_session <- function() {
    own <- clustcr:::own_copies
    rm(list = ls(own), envir = own)
}

test_that("what several files were is known, and written, in a new session", {
    tables <- random_cohort(3, 20, 4)
    files <- write_cohort(tables)
    # Of other columns than the first, for which rows are put in anew.
    other <- transform(tables$c, extra = 1)[3:1]
    utils::write.table(other, files[3], sep = "\t", quote = FALSE,
        row.names = FALSE)
    folder <- withr::local_tempdir()
    for (parts in list(files[1:2], files[c(1, 3)])) {
        store <- withr::local_tempdir()
        sheet <- data.frame(repertoire_id = c("p", "p", "q"), group = c(1, 1,
            2), file = c(parts, setdiff(files, parts)))
        x <- cohort_clusters(sheet, directory = file.path(store, "k"))
        kept <- c(paste(parts, collapse = "; "), setdiff(files, parts))
        expect_identical(clusterSamples(x)$file, kept)
        suppressMessages(writeClusters(x, file.path(folder, "now"), "airr"))
        forget_session()
        x <- openClusters(file.path(store, "k"))
        expect_identical(clusterSamples(x)$file, kept)
        suppressMessages(writeClusters(x, file.path(folder, "then"), "airr"))
        for (file in c("p.tsv.gz", "q.tsv.gz")) {
            expect_identical(readLines(file.path(folder, "then", file)),
                readLines(file.path(folder, "now", file)))
        }
        # The sheet is one that can be given again, and added to.
        again <- cohort_clusters(clusterSamples(x))
        expect_identical(as.data.frame(again), as.data.frame(x))
        expect_identical(clusterSamples(again), clusterSamples(x))
        new <- write_cohort(list(new = tables$a[1:3, ]))
        more <- cohort_clusters(new, directory = file.path(store, "k"),
            add = TRUE)
        expect_identical(clusterSamples(more)$file, c(kept, new))
        # The record that remains without the sheet has them, too.
        unlink(file.path(store, "k", "cohort", "clusters.txt"))
        x <- suppressMessages(openClusters(file.path(store, "k")))
        expect_identical(clusterSamples(x)$file[1:2], kept)
    }
    refused <- function(text, class) {
        forget_session()
        expect_error(writeClusters(openClusters(file.path(store, "k")),
            file.path(folder, "no"), "airr"), text, class = class)
    }
    store <- withr::local_tempdir()
    cohort_clusters(sheet, directory = file.path(store, "k"))
    cat("1\t\tCASSF\n", file = parts[2], append = TRUE)
    refused("c.tsv' has changed", "clustcr_error_changed")
    unlink(parts[2])
    refused("the file '[^;]*c.tsv' of repertoire \"p\" is not there",
        "clustcr_error_io")
})

test_that("tables have no file that is a path of this session", {
    tables <- random_cohort(2, 20, 5)
    store <- withr::local_tempdir()
    folder <- withr::local_tempdir()
    x <- cohort_clusters(tables, directory = file.path(store, "k"))
    expect_identical(clusterSamples(x)$file,
        paste0("in memory: files[[\"", c("a", "b"), "\"]]"))
    suppressMessages(writeClusters(x, file.path(folder, "now"), "airr"))
    expect_length(dir(file.path(folder, "now")), 2L)
    forget_session()
    expect_error(
        writeClusters(openClusters(file.path(store, "k")),
            file.path(folder, "then"), "airr"),
        "in the memory of another session.*with the same `directory`",
        class = "clustcr_error_io"
    )
    x <- cohort_clusters(tables, directory = file.path(store, "k"))
    suppressMessages(writeClusters(x, file.path(folder, "then"), "airr"))
    skip_if_not_installed("nanoparquet")
    place <- file.path(folder, "parts")
    dir.create(place)
    write_parquet_files(list("part-0.parquet" = bound_tables(tables)[1:25, ],
        "part-1.parquet" = bound_tables(tables)[26:40, ]), place)
    x <- cohort_clusters(place, directory = file.path(store, "parts"))
    expect_identical(clusterSamples(x)$file, c(place, place))
    suppressMessages(writeClusters(x, file.path(folder, "one"), "airr"))
    forget_session()
    x <- openClusters(file.path(store, "parts"))
    suppressMessages(writeClusters(x, file.path(folder, "two"), "airr"))
    expect_identical(lapply(dir(file.path(folder, "two"), full.names = TRUE),
        readLines), lapply(dir(file.path(folder, "one"), full.names = TRUE),
        readLines))
    expect_identical(as.data.frame(cohort_clusters(clusterSamples(x))),
        as.data.frame(x))
})

test_that("files of one name are one repertoire with a sheet beside, too", {
    files <- write_cohort(random_cohort(4, 20, 6))
    sheet <- data.frame(repertoire_id = c("y", "x", "z"), group = 1:3)
    named <- stats::setNames(files, c("x", "x", "y", "z"))
    x <- cohort_clusters(named, sheet)
    expect_identical(clusterSamples(x)[c("repertoire_id", "group")],
        data.frame(repertoire_id = c("x", "y", "z"), group = c(2L, 1L, 3L)))
    expect_identical(as.data.frame(x), as.data.frame(cohort_clusters(named)))
    expect_error(cohort_clusters(named, sheet[c(1, 2, 2, 3), ]),
        "must be in `samples` once; \"x\"", class = "clustcr_error_samples")
    folder <- withr::local_tempdir()
    twice <- file.path(folder, basename(files[1]))
    file.copy(files[1], twice)
    expect_error(
        cohort_clusters(c(files[1], twice), data.frame(file = "a.tsv", g = 1)),
        "row of its own in `samples`; several files are called \"a.tsv\"",
        class = "clustcr_error_samples"
    )
})

test_that("of both chains in a row all of a repertoire are, or none", {
    tables <- list(x = data.frame(junction_aa = "CASSF", v_call = "TRBV2"),
        y = data.frame(cdr3a = "CAVF", cdr3b = "CASSF", vb = "TRBV2"),
        z = data.frame(cdr3_alpha = "CAVF", cdr3_beta = "CASSF",
            v_beta = "TRBV3"))
    files <- write_cohort(tables)
    expect_error(cohort_clusters(c(s = files[1], s = files[2]), chain = "AB"),
        "all have both chains in a row, or none.*y.tsv.* has, and .*x.tsv",
        class = "clustcr_error_format")
    x <- cohort_clusters(c(s = files[2], s = files[3]), chain = "AB",
        singletons = TRUE)
    expect_setequal(as.data.frame(x)$v_call_beta, c("TRBV2", "TRBV3"))
})

test_that("a repertoire of which a file can't be read is left out", {
    tables <- cohort_tables(3)
    files <- write_cohort(tables)
    writeLines("nothing that is known", files[3])
    sheet <- data.frame(repertoire_id = c("p", "q", "p"), file = files)
    expect_error(cohort_clusters(sheet), "p3", class = "clustcr_error_format")
    left_out <- function(sheet, ...) {
        expect_warning(x <- cohort_clusters(sheet, on_error = "skip", ...),
            "left out: \n  p: .*p3")
        expect_identical(text_of(x), text_of(cohort_clusters(files[2])))
        failed <- x@failed
        expect_identical(failed$repertoire_id, "p")
        expect_match(failed$file, "p1.tsv, .*p3.tsv")
    }
    left_out(sheet)
    sheet$file[3] <- "nowhere.tsv"
    expect_warning(cohort_clusters(sheet, on_error = "skip"), "nowhere")
    skip_if_not_installed("BiocParallel")
    sheet$file[3] <- files[3]
    left_out(sheet, BPPARAM = BiocParallel::SerialParam())
})

test_that("chains of a cell come together from two files", {
    contigs <- function(chain, cdr3) {
        data.frame(cell_id = c("A-1", "B-1"), locus = chain,
            junction_aa = cdr3, v_call = paste0(chain, "V1"))
    }
    files <- write_cohort(list(
        s_TRA = contigs("TRA", c("CAVRDSNYQLIW", "CAVRDSNYQLIW")),
        s_TRB = contigs("TRB", c("CASSLGQAYEQYF", "CASSPGQAYEQYF"))
    ))
    x <- cohort_clusters(c(s = files[1], s = files[2]), chain = "AB")
    expect_identical(nrow(as.data.frame(x)), 2L)
    expect_message(tryCatch(clusterRepertoires(unname(files), chain = "AB"),
        error = identity), "look like parts of one repertoire")
})
