test_that("the published p-values come out", {
    skip_without_shared()
    hits <- utils::read.delim(gzfile(
        shared_path("data", "alice", "Emerson_hits.tsv.gz")
    ))
    found <- neighbour_statistics(
        hits$D, hits$total_n, hits$space, hits$space / hits$space_n, hits$q
    )
    expect_identical(nrow(found), 17734L)
    expect_equal(found$p_value[1], 4.00237892775956e-06, tolerance = 1e-10)
    # As small as numbers go, and so equal too.
    zero <- hits$p_val == 0
    expect_identical(found$p_value[zero], hits$p_val[zero])
    expect_lt(max(abs(found$p_value / hits$p_val - 1)[!zero]), 1e-10)
})

receptors <- function(n, seed) {
    withr::with_seed(seed, data.frame(
        junction_aa = sample(random_cdr3(60, 1, 6:8), n, TRUE),
        v_call = sample(c("TRBV9*01", "TRBV9*02", "TRBV2"), n, TRUE),
        j_call = sample(c("TRBJ1-1", "TRBJ2-7*01"), n, TRUE)
    ))
}

near <- function(a, b) {
    class <- function(x) {
        paste(sub("[*].*", "", x$v_call), sub("[*].*", "", x$j_call))
    }
    same <- outer(class(a), class(b), "==")
    distance <- matrix(Inf, nrow(a), nrow(b))
    for (i in seq_len(nrow(a))) for (j in seq_len(nrow(b))) {
        one <- utf8ToInt(a$junction_aa[i])
        other <- utf8ToInt(b$junction_aa[j])
        if (length(one) == length(other)) distance[i, j] <- sum(one != other)
    }
    same & distance <= 1
}

test_that("neighbours are those of comparing each pair", {
    data <- receptors(150, 1)
    background <- receptors(300, 2)
    found <- neighborEnrichment(data, background, min_neighbors = 1)
    expect_equal(found$neighbors, unname(rowSums(near(data, data))) - 1)
    expect_gt(max(found$neighbors), 3)
    expect_equal(found$background_neighbors,
        unname(rowSums(near(data, background))))
    class <- sub("[*].*", "", data$v_call)
    class <- paste(class, sub("[*].*", "", data$j_call))
    expect_equal(found$class_size, as.vector(table(class)[class]))
    expect_equal(
        found$expected,
        found$class_size * (found$background_neighbors + 1) /
            found$background_size
    )
    tested <- found$neighbors >= 1
    expect_equal(found$p_value[tested],
        1 - stats::ppois(found$neighbors, found$expected)[tested])
    expect_equal(found$q_value[tested],
        stats::p.adjust(ifelse(tested, found$p_value, 1), "BH")[tested])
    expect_identical(is.na(found$q_value), !tested)
    expect_identical(found, neighborEnrichment(data, background,
        min_neighbors = 1, n_cpus = 3))
})

# Rows of few letters, single chains or pairs, of which some lack genes.
short_rows <- function(n, seed, pairs) {
    withr::with_seed(seed, {
        some <- function(...) sample(c(...), n, TRUE)
        short <- function() {
            vapply(sample(2:4, n, TRUE), function(length) {
                paste(c("C", sample(c("A", "D"), length, TRUE)), collapse = "")
            }, "")
        }
        if (pairs) {
            data.frame(junction_aa_alpha = short(), junction_aa_beta = short(),
                v_call_alpha = "TRAV1", v_call_beta = some("TRBV1", "",
                    "TRBV1,TRBV2"),
                j_call_alpha = some("TRAJ1*01", "TRAJ2"), j_call_beta = "TRBJ1")
        } else {
            data.frame(junction_aa = short(), v_call = some("TRBV1*01", "TRBV2",
                "TRBV2,TRBV1,TRBV3", ""),
                j_call = some("TRBJ1-1", "TRBJ2-7*01"))
        }
    })
}

near_by <- function(a, b, rule) {
    chains <- grep("^junction_aa", names(a), value = TRUE)
    hamming <- Vectorize(function(x, y) {
        if (nchar(x) != nchar(y)) return(Inf)
        sum(utf8ToInt(x) != utf8ToInt(y))
    })
    d <- Reduce(`+`, lapply(chains, function(x) {
        if (rule$distance == "levenshtein") utils::adist(a[[x]], b[[x]])
        else outer(a[[x]], b[[x]], hamming)
    }))
    match_genes <- if (rule$ambiguous_genes == "same") `==` else Vectorize(
        function(x, y) {
            x == y || any(strsplit(x, ",")[[1L]] %in% strsplit(y, ",")[[1L]])
        })
    near <- d <= rule$max_distance
    for (segment in c("v", "j")) {
        if (rule[[paste0(segment, "_gene")]] == "none") next
        for (column in grep(paste0("^", segment, "_call"), names(a),
            value = TRUE)) {
            gene <- function(x) sub("[*].*", "", x[[column]])
            near <- near & outer(gene(a), gene(b), match_genes)
        }
    }
    unname(near)
}

test_that("any rule of neighbors counts what comparing each pair does", {
    rules <- list(
        list(distance = "levenshtein"), list(max_distance = 2),
        list(v_gene = "none"), list(j_gene = "none"),
        list(v_gene = "none", j_gene = "none", max_distance = 2),
        list(missing_genes = "group", distance = "levenshtein"),
        list(ambiguous_genes = "any"),
        list(ambiguous_genes = "any", max_distance = 2, j_gene = "none",
            missing_genes = "group")
    )
    for (pairs in c(FALSE, TRUE)) {
        data <- short_rows(80, 11, pairs)
        background <- short_rows(120, 12, pairs)
        for (given in rules) {
            rule <- utils::modifyList(list(distance = "hamming",
                max_distance = 1, v_gene = "gene", j_gene = "gene",
                missing_genes = "none", ambiguous_genes = "same"), given)
            named <- function(x) {
                genes <- grep("^v_call", names(x), value = TRUE)
                if (rule$v_gene == "none" || rule$missing_genes == "group") {
                    return(x)
                }
                x[rowSums(x[genes] == "") == 0, ]
            }
            found <- suppressMessages(do.call(neighborEnrichment, c(
                list(data, background, min_neighbors = 1), given)))
            one <- named(data)
            other <- named(background)
            expect_identical(found[names(data)], one, ignore_attr = TRUE)
            expect_equal(found$neighbors, rowSums(near_by(one, one, rule)) - 1)
            expect_equal(found$background_neighbors,
                rowSums(near_by(one, other, rule)))
            same <- utils::modifyList(rule, list(distance = "levenshtein",
                max_distance = Inf))
            expect_equal(found$class_size, rowSums(near_by(one, one, same)))
            expect_equal(found$background_size,
                rowSums(near_by(one, other, same)))
        }
    }
    single <- short_rows(5, 13, FALSE)
    for (background in list(single, tempfile())) {
        expect_error(neighborEnrichment(data, background), "of pairs",
            class = "clustcr_error_invalid_argument")
    }
    expect_error(neighborEnrichment(single, background = background[0],
        distance = "levenshtein", max_distance = 2), "`max_distance`",
        class = "clustcr_error_invalid_argument")
    expect_error(suppressMessages(neighborEnrichment(single, data)),
        "must be of one chain", class = "clustcr_error_invalid_argument")
    data$junction_aa_beta[1:3] <- ""
    expect_message(neighborEnrichment(data, data, v_gene = "none"),
        "3 of 80 rows left out")
})

test_that("a background of files is that of their rows", {
    data <- receptors(80, 3)
    background <- receptors(100, 4)
    files <- withr::local_tempfile(
        pattern = c("one", "two"), fileext = ".tsv"
    )
    data.table::fwrite(background[1:30, ], files[1], sep = "\t")
    data.table::fwrite(background[31:100, ], files[2], sep = "\t")
    expect_equal(neighborEnrichment(data, files, "synthetic"),
        neighborEnrichment(data, background, q = 9.41))
})

test_that("rows that can't be tested are counted", {
    data <- receptors(40, 5)
    data$id <- 1:40
    data$junction_aa[3] <- "CAS*F"
    data$v_call[7] <- NA
    data$j_call[9] <- ""
    expect_message(
        found <- neighborEnrichment(data, receptors(50, 6)),
        "3 of 40 rows left out .1 without a valid sequence, 2 without V or J",
        class = "clustcr_message_left_out"
    )
    expect_identical(found$id, setdiff(1:40, c(3, 7, 9)))
})

test_that("a class that the background lacks is not tested", {
    data <- receptors(60, 7)
    background <- receptors(60, 8)
    background <- background[background$v_call != "TRBV2", ]
    found <- neighborEnrichment(data, background, min_neighbors = 1)
    expect_identical(is.na(found$expected), data$v_call == "TRBV2")
    expect_true(all(is.na(found$p_value[data$v_call == "TRBV2"])))
})

test_that("a receptor planted with neighbours is found", {
    background <- receptors(3000, 9)
    data <- background[1:60, ]
    motif <- data.frame(
        junction_aa = paste0("CASW", residues[1:12], "WWYF"),
        v_call = "TRBV9", j_call = "TRBJ1-1"
    )
    found <- neighborEnrichment(rbind(data, motif), background)
    expect_true(all(found$q_value[61:72] < 1e-6))
    expect_true(all(found$q_value[1:60] > 0.01, na.rm = TRUE))
})

test_that("bad input is refused", {
    data <- receptors(10, 10)
    refused <- function(pattern, ...) {
        expect_error(neighborEnrichment(...), pattern,
            class = "clustcr_error_invalid_argument")
    }
    refused("lacks `j_call`", data[-3], data)
    refused("`background` must be a data.frame or paths", data, 1)
    refused("`q`", data, data, q = 0)
    refused("`background_kind`", data, data, "simulated")
    refused("`data` must be", 1, data)
    none <- neighborEnrichment(data[0, ], data)
    expect_identical(nrow(none), 0L)
})
