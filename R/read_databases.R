# Databases of receptors of known specificity.

# VDJdb: the slim export and that of the browser, a chain a row.
# https://github.com/antigenomics/vdjdb-db (README)
format_vdjdb <- list(
    title = "VDJdb table",
    needs = list(
        "cdr3", "gene", c("v.segm", "v"),
        c("species", "antigen.epitope", "epitope")
    ),
    columns = list(
        junction_aa = "cdr3", v_call = c("v.segm", "v"),
        j_call = c("j.segm", "j"), locus = "gene"
    )
)

# VDJdb's full table, both chains in a row.
format_vdjdb_full <- list(
    title = "VDJdb full table",
    needs = list("cdr3.alpha", "cdr3.beta", c("v.alpha", "v.beta")),
    columns = list(),
    chains = list(
        TRA = list(junction_aa = "cdr3.alpha", v_call = "v.alpha",
            j_call = "j.alpha"),
        TRB = list(junction_aa = "cdr3.beta", v_call = "v.beta",
            j_call = "j.beta")
    )
)

# McPAS-TCR. Tickotsky et al. (2017) Bioinformatics 33:2924.
format_mcpas <- list(
    title = "McPAS-TCR table",
    needs = list("CDR3.beta.aa", c("CDR3.alpha.aa", "TRBV")),
    columns = list(),
    chains = list(
        TRA = list(junction_aa = "CDR3.alpha.aa", v_call = "TRAV",
            j_call = "TRAJ"),
        TRB = list(junction_aa = "CDR3.beta.aa", v_call = "TRBV",
            j_call = "TRBJ")
    )
)
