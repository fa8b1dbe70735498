# One door for sheets: whichever column has the names, all functions find the
# same row for each sample.

six <- paste0("sample_", 1:6)
truth <- function() {
    data.frame(id = six, sex = c("f", "m", "m", "f", "f", "m"),
        age = c(61, 24, 47, 35, 58, 42))
}
# In another order than the samples, so that places are wrong.
shuffled_sheet <- function(id) {
    sheet <- truth()[c(4, 1, 6, 3, 2, 5), ]
    rownames(sheet) <- NULL
    stats::setNames(sheet, c(id, "sex", "age"))
}
usual <- c("repertoire_id", "sample_id", "sample", "sample_name", "Sample",
    "SAMPLE_ID", "Sample Name", "sampleID")

cohort_without_sheet <- function() {
    suppressMessages(clusterRepertoires(cohort_files(), v_gene = "none"))
}

# What each function makes of a sheet, as numbers and names.
uses_of_sheets <- function(x, sheet) {
    counts <- clusterMatrix(x, as = "matrix")
    page <- withr::local_tempfile(fileext = ".html")
    list(
        test = as.list(associateClusters(x, "sex", "logistic", ~age,
            samples = sheet))[1:8],
        covariates = as.list(associateClusters(counts, stats::setNames(
            truth()$sex, six), "logistic", sheet[setdiff(names(sheet),
            "sex")]))[1:8],
        public = publicClusters(x, subject = "sex", samples = sheet),
        explorer = unname(as.list(explorer_sheet(x, sheet)[c("sex", "age")])),
        aligned = unname(as.list(align_sheet(sheet, six, 6,
            "samples")[c("sex", "age")]))
    )
}

test_that("names are found in any usual column, by every function", {
    x <- cohort_without_sheet()
    expected <- uses_of_sheets(x, stats::setNames(truth(),
        c("repertoire_id", "sex", "age")))
    expect_identical(expected$aligned, unname(as.list(truth()[2:3])))
    expect_false(any(duplicated(expected$test$p_value)) &&
        all(is.na(expected$test$p_value)))
    for (id in usual) {
        expect_identical(uses_of_sheets(x, shuffled_sheet(id)), expected)
    }
    rows <- shuffled_sheet("id")
    expect_message(found <- uses_of_sheets(x, rows), "matched by `id`",
        class = "clustcr_message_sheet")
    expect_identical(found, expected)
    rownames(rows) <- rows$id
    expect_identical(uses_of_sheets(x, rows[-1]), expected)
    # As a file, where names such as 007 stay as they are.
    file <- withr::local_tempfile(fileext = ".tsv")
    data.table::fwrite(shuffled_sheet("sample"), file, sep = "\t")
    expect_identical(
        as.list(associateClusters(x, "sex", "logistic", ~age,
            samples = file))[1:8], expected$test)
})

test_that("a SummarizedExperiment and pictures have each sample's own row", {
    skip_if_not_installed("SummarizedExperiment")
    x <- cohort_without_sheet()
    for (id in usual) {
        sheet <- shuffled_sheet(id)
        found <- clusterMatrix(x, samples = sheet)
        about <- SummarizedExperiment::colData(found)
        expect_identical(rownames(about), six)
        expect_identical(about$sex, truth()$sex)
        expect_identical(
            associateClusters(found, "sex")$p_value,
            associateClusters(x, stats::setNames(truth()$sex, six))$p_value)
    }
    # Its columns may have no names, but its sheet has.
    colnames(found) <- NULL
    shuffled <- stats::setNames(truth()$sex, six)[c(3, 1, 2, 6, 5, 4)]
    expect_identical(associateClusters(found, shuffled)$p_value,
        associateClusters(x, "sex", samples = truth() |>
            stats::setNames(c("sample", "sex", "age")))$p_value)
    skip_if_not_installed("ggplot2")
    bars <- function(sheet) {
        cells <- plotClusterMatrix(x, largest = 5, phenotype = "sex",
            samples = sheet)$data
        unique(cells$sample[order(cells$x)])
    }
    # Those of a group stand together.
    expect_identical(bars(shuffled_sheet("sample")), six[c(1, 4, 5, 2, 3, 6)])
    skip_if_not_installed("igraph")
    groups <- function(sheet) {
        plotNetwork(x, largest = 5, color = "sex", samples = sheet)$data
    }
    expect_identical(groups(shuffled_sheet("sample")),
        groups(shuffled_sheet("repertoire_id")))
})

test_that("clusterRepertoires() has the same door", {
    expected <- truth()$sex
    for (id in usual) {
        found <- cohort_sheet(cohort_files(), shuffled_sheet(id))
        expect_identical(found$repertoire_id, six)
        expect_identical(found$sex, expected)
    }
    # Identifiers of an archive beside the names.
    sheet <- cbind(repertoire_id = paste0("uuid-", 6:1),
        shuffled_sheet("sample"))
    found <- cohort_sheet(cohort_files(), sheet)
    expect_identical(found$repertoire_id, six)
    expect_identical(found$sex, expected)
    rows <- shuffled_sheet("id")
    rownames(rows) <- rows$id
    expect_identical(cohort_sheet(cohort_files(), rows[-1])$sex, expected)
    x <- suppressMessages(clusterRepertoires(cohort_files(),
        shuffled_sheet("Sample Name")))
    expect_identical(clusterSamples(x)$sex, expected)
    # The sheet that it was made with, again and from elsewhere.
    expect_identical(associateClusters(x, "sex", samples =
        shuffled_sheet("Sample")), associateClusters(x, "sex"))
})

test_that("the candidate that fits is taken, and two that differ are not", {
    sheet <- cbind(sample = paste("tube", 1:6), shuffled_sheet("sample_id"),
        repertoire_id = letters[1:6])
    expect_identical(align_sheet(sheet, six, 6, "s")$sex, truth()$sex)
    sheet$sample <- rev(sheet$sample_id)
    expect_error(align_sheet(sheet, six, 6, "s"),
        "`sample_id` and `sample` have .* different orders",
        class = "clustcr_error_samples")
    sheet$sample_id[1] <- "sample_9"
    sheet$sample <- NULL
    expect_error(align_sheet(sheet, six, 6, "s"), paste0(
        "\"sample_9\" is not in `x`; `s` has \"sample_9\", \"sample_1\", ",
        "\"sample_6\" and 3 more .`sample_id`., `x` has \"sample_1\""),
        class = "clustcr_error_samples")
})

test_that("without names places count, and a message says so", {
    x <- random_clusters(8, 6, 3)
    colnames(x) <- six
    sex <- truth()$sex
    expected <- associateClusters(x, stats::setNames(sex, six))
    by_place <- "clustcr_message_by_place"
    expect_message(found <- associateClusters(x, sex), "`phenotype` has no",
        class = by_place)
    expect_identical(found, expected)
    expect_message(found <- associateClusters(x, "sex", samples =
        truth()[-1]), "`samples` has no names", class = by_place)
    expect_identical(found, expected)
    # Numbers that R gives to rows are no names.
    expect_message(associateClusters(x, "sex", samples = truth()[6:1, -1]),
        "no names", class = by_place)
    age <- truth()$age
    expect_message(associateClusters(x, stats::setNames(sex, six), "logistic",
        age), "`covariates` has no names", class = by_place)
    expect_message(publicClusters(data.frame(cluster = 1:8, junction_aa =
        random_cdr3(8, 1)), `rownames<-`(x, 1:8), sex), "`subject` has no",
        class = by_place)
    expect_message(associateClusters(unname(x), stats::setNames(sex, six)),
        "have no names", class = by_place)
    # Nothing has names, and nothing can be said of them.
    expect_no_message(associateClusters(unname(x), sex))
    expect_no_message(associateClusters(x, stats::setNames(sex, six)))
})

test_that("numbers name samples in row names and in unusual columns", {
    ids <- c("100000", "20", "3")
    sheet <- data.frame(sex = c("f", "m", "f"), patient = c(3, 100000, 20))
    expect_message(found <- align_sheet(sheet, ids, 3L, "samples"),
        "matched by `patient`")
    expect_identical(found$patient, c(100000, 20, 3))
    sheet <- data.frame(sex = c("c", "a", "b"))
    rownames(sheet) <- c(3L, 100000L, 20L)
    expect_silent(found <- align_sheet(sheet, ids, 3L, "samples"))
    expect_identical(found$sex, c("a", "b", "c"))
    # Ranks are no names.
    sheet <- data.frame(rank = c(3, 1, 2))
    expect_message(found <- align_sheet(sheet, c("1", "2", "3"), 3L,
        "samples"), "are taken in the order")
    expect_identical(found$rank, c(3, 1, 2))
    ids <- sort(as.character(1:12), method = "radix")
    expect_message(found <- align_sheet(data.frame(mouse = 1:12), ids, 12L,
        "samples"), "matched by `mouse`")
    expect_identical(as.character(found$mouse), ids)
})

test_that("a formula's vectors are matched as others are", {
    x <- random_clusters(8, 6, 3)
    colnames(x) <- six
    sex <- stats::setNames(truth()$sex, six)
    test <- function(...) associateClusters(x, sex, "logistic", ...)$p_value
    age <- stats::setNames(truth()$age, six)
    expected <- test(age)
    age <- age[c(2, 4, 6, 1, 3, 5)]
    expect_identical(test(~ age), expected)
    expect_identical(test(~ log(exp(age / 9))), test(~ I(age / 9)),
        tolerance = 1e-9)
    age <- unname(truth()$age)
    expect_message(found <- test(~ age), "`age` has no names",
        class = "clustcr_message_by_place")
    expect_identical(found, expected)
})

test_that("what the object's own sheet says is not contradicted", {
    x <- suppressMessages(clusterRepertoires(cohort_files(),
        shuffled_sheet("sample")))
    refused <- function(...) {
        expect_error(suppressMessages(associateClusters(x, ...)),
            class = "clustcr_error_samples")
    }
    other <- shuffled_sheet("sample")[-1]
    expect_match(conditionMessage(refused("sex", samples = other)),
        "`sex` of row 2 is \"f\", and of the sample \"sample_2\" \"m\"")
    expect_match(conditionMessage(refused(shuffled_sheet("sample")$sex)),
        "the values of `sex` .* in another order")
    refused("sex", "logistic", shuffled_sheet("sample")$age)
    refused("sex", "logistic", shuffled_sheet("sample")["age"])
    # The same order, new columns, and values of their own are fine.
    expect_message(associateClusters(x, truth()$sex), class =
        "clustcr_message_by_place")
    expect_message(associateClusters(x, "ill", samples = cbind(
        truth()[-1], ill = rep(c("no", "yes"), 3))), "no names")
    skip_if_not_installed("SummarizedExperiment")
    found <- clusterMatrix(x)
    expect_error(suppressMessages(associateClusters(found, "sex",
        samples = other)), class = "clustcr_error_samples")
})

test_that("numbers as names are written as they were", {
    expect_identical(id_text(c(100000, 7, NA, 12.5, 3e9, 100000)),
        c("100000", "7", NA, "12.5", "3000000000", "100000"))
    expect_identical(id_text(100000L), "100000")
    expect_identical(id_text(factor(c("b", "a"))), c("b", "a"))
    ids <- c(100000, 200000, 300000, 1e6)
    clusters <- data.frame(cluster = rep(1:2, 4), repertoire_id =
        rep(ids, each = 2), junction_aa = random_cdr3(8, 2))
    counts <- clusterMatrix(clusters, as = "matrix")
    expect_identical(colnames(counts),
        c("100000", "1000000", "200000", "300000"))
    sheet <- data.frame(sample = rev(ids), ill = c("no", "yes", "yes", "no"))
    expect_identical(align_sheet(sheet, colnames(counts), 4, "s")$ill,
        c("no", "no", "yes", "yes"))
    folder <- withr::local_tempdir()
    files <- file.path(folder, c("100000.tsv", "007.tsv"))
    for (file in files) file.copy(cohort_files()[1], file)
    found <- cohort_sheet(files, data.frame(
        Sample = c("007", "100000"), ill = c("no", "yes")))
    expect_identical(found$repertoire_id, c("100000", "007"))
    table <- file.path(withr::local_tempdir(), "people.csv")
    writeLines(c("sample,ill", "007,no", "100000,yes"), table)
    expect_identical(cohort_sheet(files, table)$ill, c("yes", "no"))
    found <- cohort_sheet(files[1], data.frame(sample_id = 100000,
        ill = "yes"))
    expect_identical(found$repertoire_id, "100000")
})

test_that("a sheet's row without a file is shown", {
    sheet <- cbind(shuffled_sheet("sample"), file = cohort_files()[1:6])
    sheet$file[3] <- NA
    expect_error(clusterRepertoires(sheet), paste0(
        "`file` of `files` must be there .*row 3 .`repertoire_id` ",
        "\"sample_6\", `sex` \"m\""))
    more <- rbind(shuffled_sheet("sample"), data.frame(sample = "sample_8",
        sex = "f", age = 50))
    expect_error(clusterRepertoires(cohort_files(), more), paste0(
        "row 7 .`repertoire_id` \"sample_8\", `sex` \"f\", `age` \"50\". ",
        "has none"), class = "clustcr_error_samples")
})

sheet_of <- function(...) {
    file <- withr::local_tempfile(fileext = ".csv",
        .local_envir = parent.frame())
    writeLines(enc2utf8(c(...)), file, useBytes = TRUE)
    file
}

test_that("rows of nothing but separators are left out, and told", {
    rows <- c("sample;group;age", "s1;case;31", "s2;control;45")
    right <- as_sample_sheet(sheet_of(rows), "samples")
    expect_identical(right$age, c(31L, 45L))
    for (empty in list(c(";;", ";;"), c(";;;;;", ";"), c(" ; ;", "\"\";;"))) {
        for (text in list(c(rows, empty), append(rows, empty, 2L))) {
            file <- sheet_of(text)
            expect_message(found <- as_sample_sheet(file, "samples"),
                "2 rows are left out that have nothing but separators",
                class = "clustcr_message_sheet")
            expect_identical(found, right)
        }
    }
    # Blank lines are no rows.
    expect_silent(found <- as_sample_sheet(sheet_of(append(rows, "", 2L), "",
        ""), "samples"))
    expect_identical(found, right)
    # What stands in quotes may hold what divides, and line ends.
    found <- as_sample_sheet(sheet_of("sample;note", "s1;\"a;b\"", "s2;\"a",
        "b\""), "samples")
    expect_identical(found$note, c("a;b", "a\nb"))
})

test_that("a row of more or fewer fields than the header is shown", {
    header <- "sample,group,age"
    bad <- function(text, ...) {
        error <- expect_error(as_sample_sheet(sheet_of(header, ...), "samples"),
            text, class = "clustcr_error_format")
        expect_no_match(conditionMessage(error), "fill|comment.char")
    }
    bad("row 1 .line 2, \"s1,case,31,\". has 4, more than the 3 of the header",
        "s1,case,31,", "s2,control,45")
    bad("row 1 .line 2", "s1,case,31,", "s2,control,45,")
    bad("row 2 .line 4", "s1,case,31", "", "s2,con,trol,45")
    bad("row 3 .line 4, \"Total: 2\". has 1, fewer than the 3 .*`age`",
        "s1,case,31", "s2,control,45", "Total: 2")
    # Nor is the advice of the reader below told where lines can't be counted.
    error <- expect_error(as_sample_sheet(sheet_of(header, "s1,\"a", "b\",3",
        "s2,control,45,7,8"), "samples"), class = "clustcr_error_format")
    expect_no_match(conditionMessage(error), "fill|comment.char")
})

test_that("of two columns of one name none is lost", {
    file <- sheet_of("sample,group,group", "s1,a,x", "s2,b,y")
    expect_error(as_sample_sheet(file, "samples"),
        "one column `group`; it has 2, of other values .columns 2, 3",
        class = "clustcr_error_invalid_argument")
    two <- data.frame(sample = c("s1", "s2"), group = c("a", "b"),
        group = c("x", "y"), check.names = FALSE)
    expect_error(as_sample_sheet(two, "samples"), "one column `group`")
    expect_error(clusterRepertoires(cohort_files()[1:2], two),
        "one column `group`", class = "clustcr_error_invalid_argument")
    two[[3]] <- two[[2]]
    expect_identical(as_sample_sheet(two, "samples"), two)
})

test_that("blanks that spreadsheets do not break at make no second level", {
    spaced <- c("case\u00a0", "case", " case", "control", "\u00a0control",
        "control ")
    file <- sheet_of("sample,group\u00a0", paste0(six, ",", spaced))
    expect_identical(as_sample_sheet(file, "samples")$group,
        rep(c("case", "control"), each = 3))
    x <- cohort_without_sheet()
    right <- associateClusters(x, rep(c("case", "control"), each = 3))
    sheet <- data.frame(sample = six, group = spaced, level = factor(spaced))
    for (found in list(
        associateClusters(x, spaced),
        associateClusters(x, "group", samples = sheet),
        associateClusters(x, "level", samples = sheet)
    )) {
        expect_identical(found$p_value, right$p_value)
    }
    found <- clustcr:::covariate_design(clustcr:::resolve_covariates("group",
        list(matrix = matrix(0, 1, 6)), sheet), rep(TRUE, 6))
    expect_identical(ncol(found), 1L)
})
