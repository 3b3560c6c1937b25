/** Where mail programs commonly log. */
export const USUAL_PLACES = ["/var/log/mail.log", "/var/log/maillog", "/var/log/exim4/mainlog", "journal"] as const;
