//! `widgets`: what is put on the home screen, what is left alone on the way, and how all of it goes again.

mod bad_places;
mod install;
mod interruptions;
mod list;
mod others_files;
mod scripts;
mod uninstall;

const REFRESH: &str = "am broadcast -n com.termux.widget/.TermuxWidgetProvider \
    -a com.termux.widget.ACTION_REFRESH_WIDGET --ei appWidgetId 0\n";
