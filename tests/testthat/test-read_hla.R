typed <- function(...) hlaAlleles(data.frame(...))

test_that("HLA types are read as people write them", {
    found <- hlaAlleles(data.frame(donor = paste0("d", 1:8),
        hla = c("HLA-A*02:01", "A*02:01:01:01", "hla-a*02:01/02:01:01",
            "A*02:01:01G", "A*0201", "A*02:01N", "A*02:01, B*07:02",
            "A*02:01;HLA-B*08:01|C*07:01")[-5] |> append("A*02:01", 4)),
        "hla")
    expect_identical(colnames(found), c("A*02:01", "A*02:01N", "B*07:02",
        "B*08:01", "C*07:01"))
    expect_identical(unname(found[, "A*02:01"]), c(TRUE, TRUE, TRUE, TRUE,
        TRUE, FALSE, TRUE, TRUE))
    # B is typed of two donors, C of one.
    expect_identical(unname(found[, "B*07:02"]), c(rep(NA, 6), TRUE, FALSE))
    expect_identical(unname(found[, "C*07:01"]), c(rep(NA, 7), TRUE))
})

test_that("two columns are a locus, and a second allele may be missing", {
    d <- data.frame(sample_id = c("s1", "s2", "s3", "s4"),
        `HLA-A.1` = c("A*02:01", "01:01", "A*03:01", ""),
        `HLA-A.2` = c("A*01:01", "", NA, NA),
        DRB1_1 = c("15:01", "DRB1*03:01", "-", "NA"),
        DRB1_2 = c("15:01", "DRB1*04:01", "", ""), check.names = FALSE)
    found <- hlaAlleles(d)
    expect_identical(rownames(found), d$sample_id)
    expect_identical(colnames(found), c("A*01:01", "A*02:01", "A*03:01",
        "DRB1*03:01", "DRB1*04:01", "DRB1*15:01"))
    expect_identical(unname(found[, "A*01:01"]), c(TRUE, TRUE, FALSE, NA))
    expect_identical(unname(found[, "DRB1*15:01"]), c(TRUE, FALSE, NA, NA))
    expect_identical(found, hlaAlleles(d, names(d)[2:5]))
    some <- hlaAlleles(d, min_carriers = 2)
    expect_identical(colnames(some), "A*01:01")
})

test_that("what is typed less finely is not known", {
    d <- data.frame(A_1 = c("A*02:01", "A*02", "A*03:01", "A2", "A*02:01/02:05",
        "A*02:01/03:01"), A_2 = c("A*01:01", "", "A*24", "A9", "", ""))
    expect_message(found <- hlaAlleles(d), "5 donors are typed less finely|4")
    at <- function(name) unname(found[, name])
    expect_identical(at("A*02:01"), c(TRUE, NA, FALSE, NA, NA, NA))
    expect_identical(at("A*02"), c(TRUE, TRUE, FALSE, TRUE, TRUE, NA))
    expect_identical(at("A*01:01"), c(TRUE, FALSE, FALSE, NA, FALSE, NA))
    groups <- suppressMessages(hlaAlleles(d, resolution = "group"))
    expect_identical(colnames(groups), c("A*01", "A*02", "A*03", "A*24"))
    expect_identical(unname(groups[, "A*02"]),
        c(TRUE, TRUE, FALSE, TRUE, TRUE, NA))
    # Either group, but one of them: which is not known.
    expect_identical(unname(groups[, "A*03"]),
        c(FALSE, FALSE, TRUE, NA, FALSE, NA))
})

test_that("serological names are the groups of alleles they stand for", {
    d <- data.frame(hla = c("A2", "B62(15)", "Cw10", "DR17", "DQ7", "B40",
        "DR52", "A24(9)", "B51"))
    found <- hlaAlleles(d, resolution = "group")
    expect_identical(colnames(found), c("A*02", "A*24", "B*15", "B*40", "B*51",
        "C*03", "DRB1*03", "DQB1*03"))
    expect_identical(which(found[, "B*15"]), 2L)
    # DR52 tells DRB3, and no allele of it.
    expect_false(any(grepl("DRB3", colnames(found))))
})

test_that("Emerson's lists are read", {
    skip_without_shared()
    d <- utils::read.delim(shared_path("data", "hip_stats.txt"))
    found <- hlaAlleles(d, "hla", resolution = "group")
    expect_identical(nrow(found), nrow(d))
    typed <- grepl("HLA-A", d$hla)
    expect_identical(!is.na(unname(found[, "A*02"])), typed)
    expect_identical(sum(found[, "A*02"], na.rm = TRUE),
        sum(grepl("HLA-A*02", d$hla, fixed = TRUE)))
})

test_that("what is no HLA type is an error that shows it", {
    expect_error(typed(A_1 = c("A*02:01", "yes")), "\"yes\".*can't be read",
        class = "clustcr_error_invalid_argument")
    expect_error(typed(age = 1:2), "`columns` must be given",
        class = "clustcr_error_invalid_argument")
    expect_error(hlaAlleles(data.frame(x = "02:01"), "x"),
        "column's name is no locus", class = "clustcr_error_invalid_argument")
    expect_error(hlaAlleles(data.frame(hla = "A*02:01"), "HLA-B"),
        class = "clustcr_error_invalid_argument")
    expect_error(hlaAlleles(data.frame(hla = "A*02:01"),
        resolution = "serotype"), "B62",
    class = "clustcr_error_invalid_argument")
    expect_error(hlaAlleles(data.frame(hla = "A*02:01"), resolution = "x"),
        class = "clustcr_error_invalid_argument")
})

test_that("what can't be read is told by its column", {
    refused <- function(pattern, ...) {
        expect_error(hlaAlleles(data.frame(...)), pattern, fixed = TRUE,
            class = "clustcr_error_invalid_argument")
    }
    refused("\"A*XX\" of `A1`, \"B*07:XX\" of `B` can't be read",
        A1 = c("A*XX", "A*02:01"), B = c("B*08:01", "B*07:XX"))
    refused("; \"B*07:XX\" of `B` can't be read", A1 = "A*01:01",
        A2 = "A*02:01", B = "B*07:XX")
    refused("\"x:y\" of `C` and those of 2 columns more can't", A1 = "x:y",
        B = "x:y", C = "x:y", DRB1 = "x:y", DQB1 = "x:y")
})

test_that("the covid donors' columns give the published carriers", {
    skip_without_shared()
    golden <- golden_table("covid_trb_hla.tsv")
    cohort <- covid_cohort()
    donors <- utils::read.csv(gzfile(shared_path("data", "covid",
        "preprocessed_fmba_metadata_beta.csv.gz")), check.names = FALSE,
        colClasses = "character")
    run <- sub("[.].*", "", donors$run)
    donors <- donors[match(colnames(cohort$x), run), ]
    found <- suppressMessages(hlaAlleles(donors))
    own <- unique(golden[c("allele", "carriers")])
    expect_setequal(intersect(own$allele, colnames(found)), own$allele)
    # There groups are counted only where nothing finer is known.
    own <- own[grepl(":", own$allele), ]
    carriers <- colSums(found[, own$allele], na.rm = TRUE)
    expect_equal(unname(carriers), own$carriers)
})
