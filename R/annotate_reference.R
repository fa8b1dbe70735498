# What annotateClusters() compares: the receptors of clusters, and those of a
# reference that are of their chain and species, by the clusters' own rule.

# Of both chains in one text, as cluster_rows() has them.
are_pairs <- function(table) {
    any(grepl(chain_separator, table$junction_aa, fixed = TRUE))
}

# What differs within and what must be equal: as asked for, or the clusters'.
annotation_rule <- function(known, distance, max_distance) {
    rule <- list(distance = "hamming", max_distance = 1,
        missing_genes = "none", ambiguous_genes = "same", v_distance = "")
    rule[names(rule)] <- utils::modifyList(rule, known)[names(rule)]
    if (!is.null(distance) &&
        check_parameter("distance", distance) != rule$distance) {
        rule[c("distance", "max_distance", "v_distance")] <- list(distance,
            distance_defaults(distance)$max_distance, "")
    }
    if (!is.null(max_distance)) {
        rule$max_distance <- check_number(max_distance, "max_distance", 0,
            most_distances[[rule$distance]], whole = TRUE)
    }
    rule
}

# A data.frame or a file as it was given, without the rows of other chains and
# species than those of the clusters.
fitting_reference <- function(reference, label, clusters, rule, species) {
    pairs <- are_pairs(clusters)
    loci <- loci_of_clusters(clusters, rule)
    shown <- "`reference`"
    if (is.character(reference)) {
        if (pairs) {
            bad_argument("`reference` must be a data.frame of pairs, for `x` ",
                "is of pairs; files are read a chain at a time")
        }
        file <- check_string(reference, "reference")
        reference <- read_reference(file, loci)
        shown <- shown_file(file)
    }
    reference <- plain_frame(reference)
    if (!is.data.frame(reference)) {
        bad_argument("`reference` must be a data.frame or the path of a file, ",
            "not ", given(reference))
    }
    if (pairs) reference <- reference_of_pairs(reference)
    check_columns(reference, c("junction_aa", label), "reference")
    reference <- with_species(reference, label)
    if (!pairs) reference <- reference_of_loci(reference, loci)
    tell_other_ends(clusters, reference)
    wanted <- check_species(species)
    if (!is.null(wanted)) {
        return(reference_of_species(reference, wanted, shown))
    }
    # Where it is a label, or names what receptors are not of, it is no reason.
    hosts <- species_key(reference[["species"]]) %in% names(species_names)
    if (label == "species" || !any(hosts)) return(reference)
    told <- species_of_receptors(unlist(split_chains(clusters$v_call)))
    reference_of_species(reference, told$species, shown, told$why)
}

# `species` where it is blank or not there and a column of another usual name
# has names of hosts only: that of an antigen's organism has others, too.
with_species <- function(reference, label) {
    if (label == "species") return(reference)
    species <- as.character(reference[["species"]])
    if (!length(species)) species <- character(nrow(reference))
    blank <- !nzchar(species_key(species))
    if (!any(blank)) return(reference)
    usual <- normal_name(names(reference)) %in% c("species", "organism",
        "host", "host_species", "host_organism")
    others <- setdiff(names(reference)[usual], c("species", label))
    for (column in others) {
        key <- setdiff(species_key(as.character(reference[[column]])), "")
        if (length(key) && all(key %in% names(species_names))) {
            species[blank] <- as.character(reference[[column]])[blank]
            reference$species <- species
            break
        }
    }
    reference
}

# A junction equals no CDR3 without its conserved ends.
tell_other_ends <- function(clusters, reference) {
    begin <- function(table) {
        mean(startsWith(as.character(table$junction_aa), "C"), na.rm = TRUE)
    }
    shares <- c(x = begin(clusters), reference = begin(reference))
    if (anyNA(shares) || min(shares) > 0.1 || max(shares) < 0.9) {
        return(invisible())
    }
    inform("anchors", "CDR3s of `", names(which.min(shares)), "` do not begin ",
        "with C, but those of `", names(which.max(shares)), "` do. ",
        "Without their conserved ends, they match nothing.")
}

# By what they were clustered for, or by their genes; "TRB" where nothing tells.
loci_of_clusters <- function(clusters, rule) {
    if (length(rule$chain)) return(loci_of_chain(rule$chain))
    v_call <- clusters$v_call
    if (is.null(v_call)) v_call <- rep_len("", nrow(clusters))
    share <- prop.table(table(factor(gene_locus(v_call, clusters$j_call),
        c("TRA", "TRB"))))
    loci <- names(which(share > 0.1))
    if (length(loci)) loci else "TRB"
}

reference_of_loci <- function(reference, loci) {
    if (is.null(reference[["locus"]])) return(reference)
    own <- imgt_locus(reference$locus) %in% c("", loci)
    if (!all(own)) {
        inform("left_out", "`reference`: ", shown_number(sum(!own)), " of ",
            count_text(length(own), "row"), " left out: of another chain than ",
            paste(loci, collapse = " and "))
    }
    reference[own, , drop = FALSE]
}

# With both chains as one text, as the clusters' are.
reference_of_pairs <- function(reference) {
    reference <- joined_chains(as.data.frame(reference))
    if (!are_pairs(reference)) {
        bad_argument("`reference` must have the columns ", paste0(
            "`junction_aa_", chain_sides("AB"), "`", collapse = " and "),
            " (or those of gamma and delta), for `x` is of pairs")
    }
    reference
}

# The level at which V (or J) genes must be the same: as asked for, or the
# clusters'.
annotation_gene <- function(segment, level, known, tables) {
    name <- paste0(segment, "_gene")
    column <- paste0(segment, "_call")
    if (!is.null(level)) {
        if (segment == "v" && isTRUE(level %in% c(TRUE, FALSE))) {
            word <- if (level) "gene" else "none"
            deprecated("`v_gene = ", level, "` is `v_gene = \"", word,
                "\"` now")
            level <- word
        }
        check_choice(level, name, gene_levels)
        if (level != "none") {
            for (table in names(tables)) {
                check_columns(tables[[table]], column, table)
            }
        }
        return(level)
    }
    level <- if (is.null(known[[name]])) "none" else known[[name]]
    if (level == "none") return(level)
    lacking <- vapply(tables, function(table) {
        is.null(table[[column]]) ||
            !any(grepl("[^:]", gene_of_pairs(table[[column]], level)))
    }, NA)
    if (!any(lacking)) return(level)
    gene <- paste(toupper(segment), "gene")
    inform("genes", "No row of ", paste0("`", names(tables)[lacking], "`",
        collapse = " and "), " has a ", gene, ", but the clusters were made ",
        "by ", gene, "s (`", name, " = \"", level, "\"`): receptors are ",
        "compared without them.")
    "none"
}

# With `v` and `j`, the texts that are compared, and `key`, the receptor.
keyed_receptors <- function(table, rule, name) {
    table <- as.data.frame(table)
    table$junction_aa <- as_text_column(table$junction_aa, "junction_aa", name)
    table$key <- table$junction_aa
    for (segment in compared_genes(rule)) {
        column <- paste0(segment, "_call")
        table[[segment]] <- gene_of_pairs(as_text_column(table[[column]],
            column, name), rule[[paste0(segment, "_gene")]])
        table$key <- paste(table$key, table[[segment]], sep = "\t")
    }
    table
}

compared_genes <- function(rule) {
    c("v", "j")[c(rule$v_gene, rule$j_gene) != "none"]
}

# Distinct receptors with a valid sequence and the genes that must be there.
unique_receptors <- function(table, rule, name) {
    genes <- compared_genes(rule)
    table <- table[intersect(c("key", "junction_aa", genes, "cluster"),
        names(table))]
    valid <- cpp_sequence_problems(table$junction_aa, longest_sequence,
        are_pairs(table)) == 0L
    needed <- if (rule$missing_genes == "none") genes
    for (gene in needed) valid <- valid & !grepl("^$|^:|:$", table[[gene]])
    if (!all(valid)) {
        inform("left_out", "`", name, "`: ", shown_number(sum(!valid)), " of ",
            count_text(length(valid), "row"), " left out (no valid sequence",
            if (length(needed)) paste0(" or no ", paste(toupper(needed),
                collapse = " or "), " gene"), ")")
    }
    table <- table[valid, , drop = FALSE]
    table[!duplicated(table[intersect(c("key", "cluster"), names(table))]), ,
        drop = FALSE]
}

match_receptors <- function(members, entries, rule, threads) {
    # The core has no rule of no distance; equal receptors are of any.
    most <- rule$max_distance
    rule$max_distance <- max(most, 1)
    found <- cpp_match_pairs(compared_columns(entries),
        compared_columns(members), rule_list(rule), threads)
    near <- found$distance <= most
    list(
        member = found$other[near], entry = found$held[near],
        exact = entries$junction_aa[found$held[near]] ==
            members$junction_aa[found$other[near]]
    )
}

# As the core takes receptors; genes that do not count are empty.
compared_columns <- function(table) {
    or_empty <- function(gene) if (is.null(gene)) character() else gene
    list(junction_aa = table$junction_aa, v_call = or_empty(table[["v"]]),
        j_call = or_empty(table[["j"]]))
}
