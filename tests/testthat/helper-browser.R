# A headless Chromium, driven through chromedriver by the W3C's WebDriver
# protocol: https://www.w3.org/TR/webdriver2/

skip_without_browser <- function() {
    for (package in c("curl", "jsonlite", "processx")) {
        testthat::skip_if_not_installed(package)
    }
    testthat::skip_if_not(
        all(nzchar(Sys.which(c("chromium", "chromedriver")))),
        "chromium and chromedriver are not installed"
    )
}

# The session ends with the test. `downloads`: where files go that are saved.
open_browser <- function(width = 1280, height = 900, dark = FALSE,
                         downloads = tempdir(), envir = parent.frame()) {
    port <- free_port()
    driver <- processx::process$new("chromedriver", paste0("--port=", port))
    browser <- list(url = paste0("http://127.0.0.1:", port), session = "")
    withr::defer({
        if (driver$is_alive()) {
            try(ask_browser(browser, "DELETE", ""), silent = TRUE)
            driver$kill()
        }
    }, envir)
    for (attempt in 1:1200) {
        ready <- tryCatch(ask_browser(browser, "GET", "/status")$ready,
            error = function(e) FALSE)
        if (ready) break
        Sys.sleep(0.05)
    }
    options <- list(
        args = c("--headless=new", "--no-sandbox", "--disable-gpu",
            "--disable-dev-shm-usage", "--hide-scrollbars"),
        prefs = list(download.default_directory = downloads)
    )
    wanted <- list(capabilities = list(
        alwaysMatch = list(`goog:chromeOptions` = options,
            `goog:loggingPrefs` = list(browser = "ALL"))
    ))
    # In a bare root, without devices, Chromium does not start.
    made <- tryCatch(ask_browser(browser, "POST", "/session", wanted),
        error = function(e) {
            if (!grepl("session not created", conditionMessage(e))) stop(e)
            testthat::skip(paste("Chromium does not start here:",
                conditionMessage(e)))
        })
    browser$session <- paste0("/session/", made$sessionId)
    set_screen(browser, width, height, dark)
    browser
}

# What a window can't be as narrow as, a telephone can.
set_screen <- function(browser, width, height, dark) {
    browser_devtools(browser, "Emulation.setDeviceMetricsOverride", list(
        width = width, height = height, deviceScaleFactor = 1,
        mobile = width < 500
    ))
    browser_devtools(browser, "Emulation.setEmulatedMedia", list(
        features = list(list(name = "prefers-color-scheme",
            value = if (dark) "dark" else "light"))
    ))
}

free_port <- function() {
    for (port in sample(20000:60000, 20)) {
        socket <- tryCatch(serverSocket(port), error = function(e) NULL)
        if (!is.null(socket)) {
            close(socket)
            return(port)
        }
    }
    stop("no free port")
}

ask_browser <- function(browser, method, path, body = NULL) {
    handle <- curl::new_handle(customrequest = method, noproxy = "*")
    if (method == "POST") {
        if (is.null(body)) body <- structure(list(), names = character())
        curl::handle_setopt(handle, postfields = jsonlite::toJSON(body,
            auto_unbox = TRUE, null = "null", digits = NA))
        curl::handle_setheaders(handle, `Content-Type` = "application/json")
    }
    answer <- curl::curl_fetch_memory(
        paste0(browser$url, browser$session, path), handle
    )
    found <- jsonlite::fromJSON(rawToChar(answer$content),
        simplifyDataFrame = FALSE)$value
    if (answer$status_code != 200) {
        stop(found$error, ": ", sub("\n.*", "", found$message))
    }
    found
}

browser_devtools <- function(browser, command, parameters) {
    ask_browser(browser, "POST", "/goog/cdp/execute",
        list(cmd = command, params = parameters))
}

browser_open <- function(browser, file, hash = "") {
    ask_browser(browser, "POST", "/url", list(url = paste0(
        "file://", utils::URLencode(normalizePath(file)), hash
    )))
}

# What the code returns; it must hold a `return`.
browser_run <- function(browser, code, ...) {
    ask_browser(browser, "POST", "/execute/sync",
        list(script = code, args = list(...)))
}

# Waits until the code returns something that is true.
browser_wait <- function(browser, code, ..., seconds = 60) {
    end <- Sys.time() + seconds
    while (Sys.time() < end) {
        found <- browser_run(browser, code, ...)
        if (isTRUE(found) || is.character(found)) return(invisible(found))
        Sys.sleep(0.05)
    }
    stop("the page did not come to `", code, "`")
}

browser_element <- function(browser, css) {
    ask_browser(browser, "POST", "/element",
        list(using = "css selector", value = css))[[1L]]
}

browser_click <- function(browser, css) {
    element <- browser_element(browser, css)
    ask_browser(browser, "POST", paste0("/element/", element, "/click"))
}

browser_type <- function(browser, css, text) {
    element <- browser_element(browser, css)
    ask_browser(browser, "POST", paste0("/element/", element, "/value"),
        list(text = text))
}

# A key for what has the focus; the special ones are in WebDriver's table.
browser_key <- function(browser, key) {
    keys <- lapply(c("keyDown", "keyUp"), function(type) {
        list(type = type, value = key)
    })
    ask_browser(browser, "POST", "/actions", list(actions = list(
        list(type = "key", id = "keyboard", actions = keys)
    )))
}

browser_text <- function(browser, css) {
    element <- browser_element(browser, css)
    ask_browser(browser, "GET", paste0("/element/", element, "/text"))
}

# Errors that the page left in the console.
browser_errors <- function(browser) {
    log <- ask_browser(browser, "POST", "/se/log", list(type = "browser"))
    vapply(Filter(function(x) x$level == "SEVERE", log), `[[`, "", "message")
}

browser_picture <- function(browser, file) {
    shot <- ask_browser(browser, "GET", "/screenshot")
    writeBin(jsonlite::base64_dec(shot), file)
}
