skip_without_widgets <- function() {
    skip_if_not_installed("reactable")
    skip_if_not_installed("visNetwork")
    skip_if_not_installed("jsonlite")
}

page_of <- function(..., envir = parent.frame()) {
    file <- withr::local_tempfile(fileext = ".html", .local_envir = envir)
    suppressMessages(exploreClusters(..., file = file))
    file
}

page_text <- function(file) {
    readChar(file, file.size(file), useBytes = TRUE)
}

# The JSON in the element of this name.
page_data <- function(text, id) {
    start <- regexpr(paste0("id=\"", id, "\">"), text, fixed = TRUE)
    skip_if(start < 0)
    rest <- substring(text, start + attr(start, "match.length"))
    json <- substr(rest, 1, regexpr("</script>", rest, fixed = TRUE) - 1)
    jsonlite::fromJSON(json, simplifyDataFrame = FALSE)
}

# A row for each member and sample, from the page as its programs read it.
page_members <- function(text) {
    facts <- page_data(text, "facts")
    parts <- lapply(seq_len(facts$parts) - 1, function(i) {
        page_data(text, sprintf("members-%d", as.integer(i)))
    })
    found <- lapply(parts, function(part) {
        cdr3 <- strsplit(part$junction_aa, " ")[[1]]
        counts <- strsplit(paste0(part$sample_counts, ";"), ";")[[1]]
        cells <- strsplit(counts, ",")
        n <- lengths(cells)
        cells <- do.call(rbind, strsplit(unlist(cells), ":"))
        data.frame(
            row = rep(rep(part$row, part$n) + 1, n), junction_aa = rep(cdr3, n),
            v_call = rep(facts$genes[part$v_call + 1], n),
            repertoire_id = facts$samples$name[as.integer(cells[, 1])],
            duplicate_count = as.numeric(cells[, 2])
        )
    })
    list(facts = facts, parts = parts, members = do.call(rbind, found))
}

sorted <- function(table) {
    table <- table[do.call(order, c(unname(table), method = "radix")), ]
    rownames(table) <- NULL
    table
}

bundled <- function(...) {
    cohort_clusters(cohort_folder(), data.frame(
        repertoire_id = paste0("sample_", 1:6),
        group = rep(c("case", "control"), each = 3)
    ), ...)
}

test_that("the page holds the clusters, their members and their links", {
    skip_without_widgets()
    x <- bundled()
    text <- page_text(page_of(x))
    found <- page_members(text)
    table <- page_data(text, "facts")
    rows <- jsonlite::fromJSON(sub("</script>.*", "", sub(
        ".*data-for=\"clusters\">", "", text
    )))$x$tag$attribs$data
    summary <- as.data.frame(clusterSummary(x))
    at <- match(rows$cluster, summary$cluster)
    for (column in names(rows)) {
        expect_equal(rows[[column]], summary[[column]][at], info = column)
    }
    expect_setequal(rows$cluster, summary$cluster)
    expect_false(is.unsorted(-rows$size))
    expect_equal(table$size, rows$size)

    # Against each cluster's members as clusterMembers() gives them.
    members <- found$members
    members$cluster <- rows$cluster[members$row]
    some <- c(1, 2, 63, length(x))
    expected <- do.call(rbind, lapply(some, function(i) clusterMembers(x, i)))
    columns <- c("cluster", "junction_aa", "v_call", "repertoire_id",
        "duplicate_count")
    expect_equal(
        sorted(members[members$cluster %in% some, columns]),
        sorted(expected[columns])
    )
    all <- as.data.frame(x, columns = "duplicate_count")
    expect_equal(sum(members$duplicate_count), sum(all$duplicate_count))

    links <- do.call(rbind, lapply(found$parts, function(part) {
        cdr3 <- strsplit(part$junction_aa, " ")[[1]]
        first <- cumsum(c(0, part$n))[rep(seq_along(part$n), part$links)]
        data.frame(
            cluster = rows$cluster[rep(part$row, part$links) + 1],
            a = cdr3[first + part$from + 1], b = cdr3[first + part$to + 1]
        )
    }))
    edges <- clusterEdges(x)
    expect_equal(
        sorted(data.frame(cluster = links$cluster,
            from = pmin(links$a, links$b), to = pmax(links$a, links$b))),
        sorted(data.frame(cluster = edges$cluster,
            from = pmin(edges$from, edges$to), to = pmax(edges$from, edges$to)))
    )
})

test_that("the page needs nothing from elsewhere, and is the same each time", {
    skip_without_widgets()
    x <- data.frame(cluster = 1, junction_aa = c("CASSF", "CATSF"))
    file <- page_of(x)
    text <- page_text(file)
    html <- gsub("(?s)<(script|style)([^>]*)>.*?</\\1>",
        "<\\1\\2>", text, perl = TRUE)
    expect_lt(nchar(html), 1e4)
    expect_false(grepl("<link|<img|<iframe|src=", html))
    expect_true(grepl("Content-Security-Policy\" content=\"default-src 'none'",
        html, fixed = TRUE))
    styles <- regmatches(text, gregexpr("(?s)<style>.*?</style>", text,
        perl = TRUE))[[1]]
    addresses <- unlist(regmatches(styles, gregexpr("url\\([^)]{1,12}",
        styles)))
    expect_identical(addresses[!grepl("^url\\([\"']?data:", addresses)],
        character())
    expect_false(any(grepl("@import", styles)))
    expect_identical(page_text(page_of(x)), text)
    expect_identical(list.files(dirname(file), basename(file)), basename(file))
})

test_that("a page is made without pandoc", {
    skip_without_widgets()
    withr::local_envvar(PATH = "", RSTUDIO_PANDOC = "")
    file <- page_of(data.frame(cluster = 1, junction_aa = c("CASSF", "CATSF")))
    expect_gt(file.size(file), 5e5)
})

test_that("what does not fit is left out and told", {
    skip_without_widgets()
    # All twice, so that none are neighbours.
    letters <- expand.grid(residues, residues, residues[1:10], residues[1:5])
    junction_aa <- do.call(paste0, letters[rep(1:4, each = 2)])
    # Clusters of 60, 6 and 3 that take more than is left of 2 MB.
    size <- rep(c(60, 6, 3), c(100, 1000, 2000))
    size <- size[cumsum(size) <= 20000]
    x <- data.frame(
        cluster = rep(seq_along(size), size)[seq_len(sum(size))],
        junction_aa = junction_aa[seq_len(sum(size))], repertoire_id = "a",
        v_call = paste0("TRBV", strrep("9", 60)),
        duplicate_count = seq_len(sum(size))
    )
    expect_message(
        file <- {
            file <- withr::local_tempfile(fileext = ".html")
            exploreClusters(x, file, max_size = "2MB")
        },
        "members of [0-9,]+ small clusters .of [36] or fewer. are left out",
        class = "clustcr_message_left_out"
    )
    expect_lt(file.size(file), 2^21)
    text <- page_text(file)
    expect_true(grepl("<p class=\"note\">The members of", text, fixed = TRUE))
    facts <- page_data(text, "facts")
    expect_length(facts$size, length(size))
    expect_true(all(facts$part[facts$size == 60] >= 0))
    expect_gt(sum(facts$part < 0), 0)
    # Those of interest go before larger ones.
    association <- data.frame(cluster = length(size), estimate = 9,
        q_value = 0.01)
    text <- page_text(page_of(x, association = association, max_size = 2^21))
    facts <- page_data(text, "facts")
    expect_identical(facts$part[1], 0L)
    expect_identical(facts$size[1], 3L)
    expect_gt(sum(facts$part < 0), 0)
})

test_that("of a large cluster the members with the largest counts are there", {
    skip_without_widgets()
    x <- data.frame(
        cluster = 7, junction_aa = paste0("CAS", do.call(paste0, expand.grid(
            residues, residues, residues[1:6]))[1:2100], "F"),
        duplicate_count = 1:2100
    )
    expect_message(exploreClusters(x, withr::local_tempfile()),
        "Of 1 large cluster only the 2,000")
    part <- page_data(page_text(page_of(x)), "members-0")
    expect_identical(part$n, 2000L)
    expect_identical(part$duplicate_count, 2100:101)
})

test_that("all forms of clusters and of nothing make a page", {
    skip_without_widgets()
    names <- c("a <b>&\"'", "</script>", "<!--<script>", "Zo\u00eb,1")
    long <- data.frame(
        cluster = c("x", "x", "x", "y", "y"),
        junction_aa = c("CASSF", "CATSF", "CATSF", "CAGGF", "CATGF"),
        repertoire_id = names[c(1:4, 1)], duplicate_count = 1:5,
        v_call = c("TRBV1*01", "TRBV1*01", "TRBV1*01", "", NA)
    )
    factors <- as.data.frame(unclass(long), stringsAsFactors = TRUE)
    sheet <- data.frame(repertoire_id = names, kind = c("<i>", "<i>", "b", NA))
    withr::local_options(OutDec = ",", scipen = -5)
    text <- expect_no_warning(page_text(page_of(long, samples = sheet)))
    found <- page_members(text)
    expect_setequal(found$facts$samples$name, names)
    expect_setequal(found$facts$samples$columns$kind, c("<i>", "b", ""))
    expect_equal(sum(found$members$duplicate_count), 15)
    expect_false(grepl("</script>\"|<!--<script>|a <b>", text))
    expect_identical(page_text(page_of(factors, samples = sheet)), text)
    # One receptor in two samples is one member.
    expect_identical(page_data(text, "members-0")$sample_counts,
        page_data(page_text(page_of(factors)), "members-0")$sample_counts)
    none <- page_data(page_text(page_of(long[0, ])), "facts")
    expect_length(none$size, 0)
    pairs <- data.frame(cluster = 1, junction_aa_alpha = c("CAVF", "CAGF"),
        junction_aa_beta = c("CASSF", "CASSF"))
    text <- page_text(page_of(pairs))
    expect_identical(page_data(text, "facts")$chains,
        c("junction_aa_alpha", "junction_aa_beta"))
    expect_identical(page_data(text, "members-0")$junction_aa_beta,
        "CASSF CASSF")
    fit <- Clustering(method = "mcl")$fit(c("CASSF", "CATSF", "CAAAAF"))
    expect_length(page_data(page_text(page_of(fit)), "facts")$size, 1)
})

test_that("p-values are there, the smallest first", {
    skip_without_widgets()
    x <- bundled()
    a <- associateClusters(x, "group", "wilcoxon")
    reference <- data.frame(junction_aa = as.data.frame(x)$junction_aa[1:60],
        label = c("A", "B"))
    label <- annotateClusters(x, reference, permutations = 0)
    table <- clustcr:::explorer_table(x, a, label)
    rows <- table$rows
    # What is looked for first stands first, with the V gene.
    expect_identical(names(rows)[1:10], c("cluster", "size", "motif", "v_call",
        "p_value", "q_value", "estimate", "labels", "label_p_value",
        "label_q_value"))
    p <- a$p_value[match(rows$cluster, a$cluster)]
    expect_equal(rows$p_value, signif(p, 3))
    expect_false(is.unsorted(replace(p, is.na(p), Inf)))
    smallest <- tapply(label$p_value, label$cluster, min)
    expect_equal(rows$label_p_value, signif(as.vector(smallest[as.character(
        rows$cluster)]), 3))
    columns <- clustcr:::explorer_columns(rows)
    expect_identical(columns$p_value$defaultSortDesc, FALSE)
    expect_identical(columns$size$defaultSortDesc, TRUE)
})

test_that("any column of the sheet makes groups, in its own order", {
    sheet <- data.frame(repertoire_id = letters[1:15],
        age = c(5, 102, 33, 71, NA, 18, 9, 60, 44, 27, 88, 53, 38, 21, 80),
        dose = c(100000, 2.5, 10)[c(1:3, 1:3, 1:3, 1:3, 1:3)],
        sample = factor(rep(c("b", "a", ""), 5), c("b", "a", "")),
        one = rep(c("x", "y", NA), 5), id = letters[1:15], same = "s",
        file = c("f", "g", "h"), sure = c(TRUE, FALSE, NA))
    found <- clustcr:::sheet_groups(sheet)
    expect_identical(names(found), c("age", "dose", "sample", "one", "sure"))
    expect_identical(levels(found$dose), c("2.5", "10", "100000"))
    expect_identical(as.character(found$dose[1:3]), c("100000", "2.5", "10"))
    expect_identical(levels(found$sample), c("b", "a"))
    expect_identical(which(is.na(found$sample)), c(3L, 6L, 9L, 12L, 15L))
    # Of more than twelve numbers three groups of about equal size.
    expect_identical(levels(found$age), c("5 to 27", "33 to 60", "71 to 102"))
    expect_identical(as.vector(table(found$age)), c(5L, 5L, 4L))
    expect_true(all(sheet$age[which(found$age == "33 to 60")] %in% 33:60))
})

test_that("columns called as the page's own choices can be chosen", {
    skip_without_widgets()
    skip_without_browser()
    sheet <- data.frame(repertoire_id = paste0("sample_", 1:6),
        sample = c("S1", "S2"), one = c("u", "v", "w"), none = c("p", "q"),
        v_call = c("k", "l"), several = c("several", "m"),
        age = c(9, 100, 30, 71, 52, 18))
    page <- page_of(bundled(), samples = sheet)
    browser <- open_browser(width = 1400)
    browser_open(browser, page)
    browser_wait(browser, "return !!document.querySelector('#logo svg')")
    values <- function(id) {
        unlist(browser_run(browser, "return Array.from(document
            .querySelectorAll(arguments[0] + ' option')).map(x => x.value)",
            id))
    }
    own <- paste0("sheet:", names(sheet)[-1])
    expect_identical(values("#colour"), c("one", "v_call", "sample", own))
    expect_identical(values("#grouping"), c("none", own))
    expect_identical(anyDuplicated(unlist(browser_run(browser, "return
        Array.from(document.querySelectorAll('#colour option'))
        .map(x => x.textContent)"))), 0L)
    legend <- function(select, list, value) {
        browser_run(browser, "const x = document.querySelector(arguments[0]);
            x.value = arguments[1]; x.dispatchEvent(new Event('change'))",
            select, value)
        unlist(browser_run(browser, "return Array.from(document
            .querySelectorAll(arguments[0] + ' li')).map(x => x.textContent)",
            list))
    }
    for (column in names(sheet)[-1]) {
        found <- legend("#grouping", "#samples-legend", paste0("sheet:",
            column))
        expect_setequal(found, as.character(sheet[[column]]))
        found <- legend("#colour", "#network-legend", paste0("sheet:", column))
        expect_true(all(found %in% c(sheet[[column]], "several")))
    }
    expect_null(legend("#grouping", "#samples-legend", "none"))
    expect_null(legend("#colour", "#network-legend", "one"))
    # Numbers stand in their order, not in that of the alphabet.
    legend("#grouping", "#samples-legend", "sheet:age")
    ages <- browser_run(browser, "return Array.from(document
        .querySelectorAll('#samples th.sample')).map(x => x.title)")
    expect_false(is.unsorted(as.numeric(unlist(ages))))
    # The V gene and p-values are seen without scrolling.
    right <- browser_run(browser, "const frame = document.querySelector(
        '#clusters .rt-table').getBoundingClientRect().right;
        return Array.from(document.querySelectorAll('#clusters .rt-th'))
        .filter(x => x.textContent.startsWith('V gene'))
        .map(x => frame - x.getBoundingClientRect().right)")
    expect_gte(right[[1]], 0)
    expect_identical(browser_errors(browser), character())
})

test_that("what can't be shown is refused with a sentence", {
    skip_without_widgets()
    x <- data.frame(cluster = 1, junction_aa = "CASSF", repertoire_id = "a")
    file <- withr::local_tempfile(fileext = ".html")
    bad <- function(class, text, ...) {
        expect_error(exploreClusters(...), text,
            class = paste0("clustcr_error_", class))
        expect_false(file.exists(file))
    }
    bad("invalid_argument", "`x` must", 1, file)
    bad("invalid_argument", "`file` must", x, 1)
    for (name in c("x.pdf", "x.PNG", "x.html.gz", "clusters.tsv")) {
        other <- file.path(tempdir(), name)
        bad("invalid_argument", "must end in \".html\"", x, other)
        expect_false(file.exists(other))
    }
    bad("io", "`file` must", x, file.path(file, "page.html"))
    bad("io", "`file` must", x, tempdir())
    bad("invalid_argument", "2MB or more", x, file, max_size = "1MB")
    bad("invalid_argument", "no further", x, file, colour = 1)
    bad("invalid_argument", "`title` must", x, file, title = NA)
    bad("samples", "`samples`", x, file, samples = data.frame(
        repertoire_id = "b"))
    bad("clusters", "`association` must", x, file,
        association = data.frame(cluster = 2, estimate = 1, q_value = 1))
    bad("invalid_argument", "`annotation` must", x, file, annotation = "x")
    bad("invalid_argument", "lacks `estimate`", x, file,
        association = data.frame(cluster = 1, q_value = 1))
    without_package("visNetwork")
    bad("missing_package", "needs the package visNetwork", x, file)
})

test_that("the page works in a browser", {
    skip_without_widgets()
    skip_without_browser()
    x <- bundled()
    reference <- data.frame(junction_aa = x[[5]]$junction_aa[1],
        label = "<b>NLV</b>&\"'")
    annotation <- annotateClusters(x, reference, permutations = 0)
    page <- page_of(x, annotation = annotation, title = "A <i>title</i> & more")
    folder <- withr::local_tempdir()
    browser <- open_browser(downloads = folder)
    shown <- function(css) browser_text(browser, css)
    saved <- function(button, name) {
        browser_click(browser, button)
        file <- file.path(folder, name)
        for (i in 1:100) if (file.exists(file)) break else Sys.sleep(0.05)
        utils::read.delim(file, quote = "", check.names = FALSE)
    }
    browser_open(browser, page)
    browser_wait(browser, "return !!document.querySelector('#logo svg')")
    expect_identical(shown("h1"), "A <i>title</i> & more")
    expect_identical(shown("#found"), "1,360 clusters")
    # The largest is open; its table, picture and matrix are its own.
    expect_identical(shown("#title-choice"), "Cluster 1")
    expect_match(shown("#about-choice"), clusterSummary(x)$motif[1],
        fixed = TRUE)
    counts <- browser_run(browser, "return explorer.logo.counts(
        explorer.data.members(0).rows.map(x => x.junction_aa)).columns
        .map(x => x.map(y => y.letter + y.share.toFixed(6)).sort().join(' '))")
    letters <- do.call(rbind, strsplit(as.data.frame(x[1])$junction_aa, ""))
    expect_identical(unlist(counts), apply(letters, 2, function(column) {
        share <- table(column) / length(column)
        paste(sort(sprintf("%s%.6f", names(share), share), method = "radix"),
            collapse = " ")
    }))
    browser_wait(browser, "return HTMLWidgets.find('#network').network.body
        .data.nodes.length === 49")
    expect_identical(
        browser_run(browser, "return HTMLWidgets.find('#network').network.body
            .data.edges.length"),
        nrow(clusterEdges(x, 1))
    )
    totals <- tapply(clusterMembers(x, 1)$duplicate_count,
        clusterMembers(x, 1)$repertoire_id, sum)
    row <- strsplit(shown("#samples tr.all"), "\\s+")[[1]][-(1:2)]
    expect_setequal(as.numeric(row), totals)

    # Sorted, searched by the CDR3 of a member, chosen by a click.
    browser_click(browser, "#clusters .rt-th:nth-child(2)")
    browser_wait(browser,
        "return Reactable.getState('clusters').sortedData[0].cluster === 1")
    wanted <- as.data.frame(x[700])$junction_aa[2]
    browser_type(browser, "#clusters .rt-search", wanted)
    hits <- sum(vapply(split(as.data.frame(x)$junction_aa,
        as.data.frame(x)$cluster), function(y) any(grepl(wanted, y)), NA))
    browser_wait(browser, "return document.getElementById('found').textContent
        === arguments[0] + ' of 1,360 clusters'", hits)
    browser_click(browser, "#clusters .rt-tbody input")
    browser_wait(browser, "return document.getElementById('title-choice')
        .textContent === 'Cluster 700'")
    found <- saved("#save-choice", "cluster-700.tsv")
    columns <- c("cluster", "junction_aa", "v_call", "repertoire_id",
        "duplicate_count")
    expect_identical(names(found), columns)
    expect_equal(sorted(found), sorted(clusterMembers(x, 700)[columns]))
    table <- saved("#save-clusters", "clusters.tsv")
    expect_identical(nrow(table), as.integer(hits))
    expect_equal(table$motif[table$cluster == 700],
        clusterSummary(x)$motif[700])
    expect_gte(nrow(saved("#save-members", "members.tsv")), nrow(found))

    # A label with markup is text; the address opens a cluster.
    browser_open(browser, page, "#cluster=5")
    browser_run(browser, "location.reload()")
    browser_wait(browser, "return document.getElementById('title-choice')
        .textContent === 'Cluster 5'")
    expect_match(shown("#about-choice"), "<b>NLV</b>&\"' (1)", fixed = TRUE)
    expect_identical(browser_errors(browser), character())

    # By the keyboard, in the dark, on a telephone: nothing is wider than it.
    set_screen(browser, 390, 844, dark = TRUE)
    browser_wait(browser,
        "return document.documentElement.scrollWidth <= 390")
    expect_identical(
        browser_run(browser,
            "return getComputedStyle(document.body).backgroundColor"),
        "rgb(20, 23, 26)"
    )
    browser_run(browser,
        "document.querySelector('#clusters .rt-tbody input').focus()")
    browser_key(browser, "\ue015")
    browser_wait(browser, "return document.getElementById('title-choice')
        .textContent !== 'Cluster 5'")
    unnamed <- browser_run(browser, "return Array.from(document
        .querySelectorAll('button, select, input, [tabindex]'))
        .filter(x => x.checkVisibility() && !(x.ariaLabel ||
            x.labels && x.labels.length || x.textContent.trim() ||
            x.getAttribute('aria-labelledby')))
        .map(x => x.outerHTML.slice(0, 80))")
    expect_identical(unlist(unnamed), NULL)
})

test_that("several phenotypes have a column each", {
    members <- data.frame(cluster = rep(1:12, each = 2),
        junction_aa = paste0("CAS", rep(LETTERS[c(1, 3:9, 11:14)], each = 2),
            c("A", "C"), "F"))
    result <- data.frame(cluster = c(3, 3, 5), phenotype = c("A*02:01",
        "B*07:02", "A*02:01"), estimate = 2, p_value = c(1e-8, 1e-3, 1e-5),
        q_value = c(1e-6, 0.1, 1e-3))
    table <- suppressMessages(clustcr:::explorer_table(
        clustcr:::as_clusters(members), result, NULL))
    rows <- table$rows
    expect_identical(rows$cluster[1:2], c(3L, 5L))
    expect_identical(rows$phenotype[1:2], c("A*02:01", "A*02:01"))
    expect_identical(rows$p_value_1[1:3], c(1e-8, 1e-5, NA))
    expect_identical(rows$p_value_2[1:2], c(1e-3, NA))
    expect_identical(table$labels[["p_value_2"]], "p: B*07:02")
})
