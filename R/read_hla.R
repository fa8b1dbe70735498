# HLA types as people write them, made into phenotypes: man/hlaAlleles.Rd.
hlaAlleles <- function(sheet, columns = NULL,
                       resolution = c("allele", "group"), min_carriers = 1) {
    refuse_serotype(resolution)
    resolution <- check_choice(resolution, "resolution", c("allele", "group"))
    min_carriers <- check_number(min_carriers, "min_carriers", 1, 2^31,
        whole = TRUE)
    sheet <- as_sample_sheet(sheet, "sheet")
    if (is.null(columns)) columns <- hla_columns(names(sheet))
    if (!is.character(columns) || !length(columns) || anyNA(columns)) {
        bad_argument("`columns` must be names of columns of `sheet`, not ",
            given(columns))
    }
    typed <- data.table::rbindlist(lapply(columns, function(column) {
        hla_entries(sheet_column(sheet, column, "columns"), column)
    }))
    typed <- as.data.frame(typed)
    refuse_unread(typed)
    found <- allele_matrix(typed, nrow(sheet), resolution)
    found <- found[, colSums(found, na.rm = TRUE) >= min_carriers,
        drop = FALSE]
    ids <- names_in(sheet)
    if (!is.null(ids)) rownames(found) <- ids
    found
}

# Groups are no serotypes, and the tables of those that there are may not be
# shipped in parts (IPD-IMGT/HLA's licence allows no derivatives).
refuse_serotype <- function(resolution) {
    if (!identical(resolution, "serotype")) return(invisible())
    bad_argument("`resolution` can't be \"serotype\": the name of an allele ",
        "does not tell its serotype (\"B*15:01\" is B62, \"B*15:02\" is B75), ",
        "and clustcr has no table of them. Use \"group\", or give ",
        "associateClusters() a matrix with a column for each serotype")
}

# Columns that are called like a locus, or "HLA".
hla_columns <- function(names) {
    known <- names[vapply(names, function(name) {
        !is.na(column_locus(name)) || "hla" == bare_name(name)
    }, NA)]
    if (!length(known)) {
        bad_argument("`columns` must be given: no column of `sheet` is ",
            "called as a locus is (", shown_names(names), ")")
    }
    known
}

hla_loci <- c("A", "B", "C", "E", "F", "G", "DRA", "DRB1", "DRB3", "DRB4",
    "DRB5", "DQA1", "DQB1", "DPA1", "DPB1", "MICA", "MICB")

# The locus in a column's name: "HLA-A.1", "DRB1_2", "hla_c", "A1".
column_locus <- function(name) {
    text <- gsub("^HLA[-_. ]*", "", capitals(trimws(name)))
    for (locus in hla_loci[order(-nchar(hla_loci))]) {
        pattern <- paste0("^", locus, "([-_. ]*(ALLELE)?[-_. ]*[12])?$")
        if (grepl(pattern, text)) return(locus)
    }
    NA_character_
}

# A row for each allele that is written of a donor: `donor`, `locus`, `first`
# and `second` field (NA: not told), `text`. Several stand in a list; "/" parts
# what one may be.
hla_entries <- function(value, column) {
    text <- id_text(value)
    text[is.na(text)] <- ""
    parts <- strsplit(trimws(text), "[,;|[:space:]]+")
    parts <- lapply(parts, function(part) {
        part[nzchar(part) & !capitals(part) %in% no_allele]
    })
    donor <- rep(seq_along(parts), lengths(parts))
    written <- unlist(parts, use.names = FALSE)
    if (is.null(written)) written <- character()
    distinct <- unique(written)
    read <- lapply(distinct, read_alternatives, column_locus(column))
    read <- as.data.frame(data.table::rbindlist(c(list(data.frame(
        locus = character(), first = character(), second = character())),
        read)))
    cbind(data.frame(donor = donor), read[match(written, distinct), ,
        drop = FALSE], data.frame(text = written, column = rep(column,
        length(written))))
}

# Words for an allele that is not known.
no_allele <- c("NA", "N/A", "NONE", "-", "?", "NOT", "TYPED", "UNKNOWN",
    "BLANK", "X", ".", "NULL")

# Of "A*02:01/02:05" what all alternatives share.
read_alternatives <- function(text, locus) {
    parts <- strsplit(text, "/", fixed = TRUE)[[1L]]
    found <- read_allele(parts[1L], locus)
    for (part in parts[-1L]) {
        # "A*02:01/05" and "A*02:01/02:05".
        if (grepl("^[0-9]+[A-Z]?$", part) && !is.na(found$second)) {
            part <- paste0(found$first, ":", part)
        }
        other <- read_allele(part, if (is.na(found$locus)) locus
            else found$locus)
        if (!identical(other$locus, found$locus)) found$locus <- NA
        if (!identical(other$first, found$first)) {
            found$first <- found$second <- NA
        }
        if (!identical(other$second, found$second)) found$second <- NA
    }
    found
}

# list(locus, first, second); a locus of NA: it can't be read.
read_allele <- function(text, locus = NA) {
    pattern <- paste0("^(?:HLA[-_ ]*)?(?:([A-Z]+[0-9]?)[*_])?([0-9]{1,3})",
        "(?::([0-9]{2,3}))?(?::[0-9]{2,3}){0,2}([NLSCAQGP]?)$")
    found <- regmatches(capitals(text), regexec(pattern, capitals(text),
        perl = TRUE))[[1L]]
    if (!length(found)) return(read_serotype(text))
    if (nzchar(found[2L])) locus <- found[2L]
    if (!locus %in% hla_loci) locus <- NA
    first <- sub("^([0-9])$", "0\\1", found[3L])
    # Of what is not expressed the letter is a part of the name; of groups of
    # sequences (G, P) it is not.
    letter <- if (found[5L] %in% c("G", "P")) "" else found[5L]
    second <- if (nzchar(found[4L])) paste0(found[4L], letter) else NA
    data.frame(locus = locus, first = first, second = second)
}

# Serological names, whose number is not always that of the alleles: IMGT/HLA's
# dictionary (Holdsworth et al. 2009, Tissue Antigens 73:95). Broad antigens of
# several groups tell the locus only.
serotype_groups <- c(
    A203 = "A*02", A210 = "A*02", A2403 = "A*24", A9 = "A*", A10 = "A*",
    A19 = "A*", A28 = "A*68/69", B5 = "B*51/52", B12 = "B*44/45",
    B14 = "B*14", B15 = "B*15", B16 = "B*38/39", B17 = "B*57/58",
    B21 = "B*49/50", B22 = "B*", B40 = "B*40", B60 = "B*40", B61 = "B*40",
    B62 = "B*15", B63 = "B*15", B64 = "B*14", B65 = "B*14", B70 = "B*15",
    B71 = "B*15", B72 = "B*15", B75 = "B*15", B76 = "B*15", B77 = "B*15",
    B703 = "B*07", B2708 = "B*27", B3901 = "B*39", B3902 = "B*39",
    B4005 = "B*40", B5102 = "B*51", B5103 = "B*51",
    CW9 = "C*03", CW10 = "C*03",
    DR2 = "DRB1*15/16", DR3 = "DRB1*03", DR5 = "DRB1*11/12",
    DR6 = "DRB1*13/14", DR17 = "DRB1*03", DR18 = "DRB1*03", DR103 = "DRB1*01",
    DR51 = "DRB5*", DR52 = "DRB3*", DR53 = "DRB4*",
    DQ1 = "DQB1*05/06", DQ3 = "DQB1*03", DQ7 = "DQB1*03", DQ8 = "DQB1*03",
    DQ9 = "DQB1*03"
)

# "A2", "B62(15)", "Cw7", "DR15", "DQ5".
read_serotype <- function(text) {
    name <- gsub("^HLA[-_ ]*|\\(.*\\)$", "", capitals(text))
    unread <- data.frame(locus = NA_character_, first = NA_character_,
        second = NA_character_)
    group <- unname(serotype_groups[name])
    if (is.na(group)) {
        found <- regmatches(name, regexec("^(A|B|CW?|DR|DQ)([0-9]{1,2})$",
            name))[[1L]]
        if (!length(found)) return(unread)
        locus <- switch(found[2L], CW = "C", DR = "DRB1", DQ = "DQB1",
            found[2L])
        group <- paste0(locus, "*", sprintf("%02d", as.integer(found[3L])))
    }
    parts <- strsplit(group, "*", fixed = TRUE)[[1L]]
    first <- if (length(parts) > 1L && !grepl("/", parts[2L])) parts[2L] else NA
    data.frame(locus = parts[1L], first = first, second = NA_character_)
}

refuse_unread <- function(typed) {
    wrong <- which(is.na(typed$locus))
    if (!length(wrong)) return(invisible())
    bad_argument("`columns` must hold HLA types such as \"A*02:01\", ",
        "\"HLA-DRB1*15:01\", \"A2\" or lists of them; ",
        unread_words(typed$text[wrong], typed$column[wrong]),
        " can't be read",
        if (all(is.na(vapply(unique(typed$column[wrong]), column_locus, "")))) {
            " and the column's name is no locus"
        })
}

# Each by the column that it stands in.
unread_words <- function(text, column) {
    columns <- unique(column)
    words <- vapply(utils::head(columns, 3L), function(one) {
        paste0(name_some(unique(text[column == one])), " of `", one, "`")
    }, "")
    more <- length(columns) - length(words)
    paste0(paste(words, collapse = ", "), if (more > 0L) paste(" and those of",
        count_words(more, "column", "columns"), "more"))
}

# Donors and alleles: NA where a locus is not typed, or not as far.
allele_matrix <- function(typed, donors, resolution) {
    fine <- resolution == "allele" & !is.na(typed$second)
    name <- ifelse(is.na(typed$first), NA, paste0(typed$locus, "*",
        typed$first, ifelse(fine, paste0(":", typed$second), "")))
    group <- ifelse(is.na(typed$first), NA, paste0(typed$locus, "*",
        typed$first))
    alleles <- unique(data.frame(name, locus = typed$locus, group,
        fine)[!is.na(name), ])
    alleles <- alleles[order(match(alleles$locus, hla_loci), alleles$name,
        method = "radix"), ]
    # A group is a column only where somebody is not typed any finer, or where
    # groups are asked for.
    found <- matrix(FALSE, donors, nrow(alleles),
        dimnames = list(NULL, alleles$name))
    for (locus in unique(alleles$locus)) {
        untyped <- setdiff(seq_len(donors), typed$donor[typed$locus == locus])
        found[untyped, alleles$locus == locus] <- NA
    }
    # Of whom only the locus, or only the group, is known.
    vague <- typed[is.na(typed$first), ]
    for (i in seq_len(nrow(vague))) {
        found[vague$donor[i], alleles$locus == vague$locus[i]] <- NA
    }
    coarse <- which(!is.na(typed$first) & !fine & resolution == "allele")
    for (i in coarse) {
        found[typed$donor[i], alleles$group == group[i] & alleles$fine] <- NA
    }
    there <- !is.na(name)
    found[cbind(typed$donor[there], match(name[there], alleles$name))] <- TRUE
    # A group is carried by whoever carries an allele of it.
    of_group <- which(there & group %in% alleles$name)
    found[cbind(typed$donor[of_group], match(group[of_group],
        alleles$name))] <- TRUE
    tell_coarse(typed, coarse, vague)
    found
}

tell_coarse <- function(typed, coarse, vague) {
    donors <- length(unique(c(typed$donor[coarse], vague$donor)))
    if (!donors) return(invisible())
    inform("hla", count_words(donors, "donor is", "donors are"),
        " typed less finely, such as ", given(c(typed$text[coarse],
        vague$text)[1L]), "; the alleles that this may be are missing (NA) ",
        "there.")
}
