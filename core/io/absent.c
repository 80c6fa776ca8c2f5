/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Debian's static libcurl asks for and kopscope never uses, with --enable-static-deps only:
 * Kerberos, LDAP, RTMP, SSH, the list of public suffixes (cookies), brotli and zstd.
 *
 * DESIGN: libcurl.a refers to all of them, and there is no static Kerberos in Debian 12.  A
 * request is http or https (CURLOPT_PROTOCOLS_STR) and asks for gzip alone, so each of these
 * refuses: it is reached when libcurl starts (libssh2_init) or tells its version, else never.
 * Nothing is known of their arguments, and none is looked at.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/random.h>

#define ABSENT(name, result) \
	long name(void); \
	long name(void) { return result; }
#define FAILS (-1)

/* libexpat.a has it from libc 2.36; the machine that this program is copied to may be older. */
void arc4random_buf(void *out, size_t n)
{
	for (size_t at = 0; at < n;) {
		ssize_t got = getrandom((char *)out + at, n - at, 0);
		if (got < 0 && errno != EINTR) {
			abort(); /* a seed that can be guessed would be worse */
		}
		at += got > 0 ? (size_t)got : 0;
	}
}

/* Kerberos: GSS_S_FAILURE. */
extern const void *GSS_C_NT_HOSTBASED_SERVICE;
const void *GSS_C_NT_HOSTBASED_SERVICE;
#define GSS_FAILS (13L << 16)
ABSENT(gss_delete_sec_context, GSS_FAILS)
ABSENT(gss_display_name, GSS_FAILS)
ABSENT(gss_display_status, GSS_FAILS)
ABSENT(gss_import_name, GSS_FAILS)
ABSENT(gss_init_sec_context, GSS_FAILS)
ABSENT(gss_inquire_context, GSS_FAILS)
ABSENT(gss_release_buffer, GSS_FAILS)
ABSENT(gss_release_name, GSS_FAILS)
ABSENT(gss_unwrap, GSS_FAILS)
ABSENT(gss_wrap, GSS_FAILS)

/* LDAP.  Where a pointer is wanted there is none, where a number, it says failure. */
ABSENT(ber_bvfree, FAILS)
ABSENT(ber_free, FAILS)
ABSENT(ber_memfree, FAILS)
ABSENT(ber_memvfree, FAILS)
ABSENT(ber_sockbuf_add_io, FAILS)
ABSENT(ldap_abandon_ext, FAILS)
ABSENT(ldap_err2string, 0)
ABSENT(ldap_free_urldesc, FAILS)
ABSENT(ldap_get_attribute_ber, FAILS)
ABSENT(ldap_get_dn_ber, 0)
ABSENT(ldap_get_option, FAILS)
ABSENT(ldap_init_fd, FAILS)
ABSENT(ldap_memfree, FAILS)
ABSENT(ldap_msgfree, FAILS)
ABSENT(ldap_msgtype, FAILS)
ABSENT(ldap_parse_result, FAILS)
ABSENT(ldap_parse_sasl_bind_result, FAILS)
ABSENT(ldap_pvt_url_scheme2proto, 0)
ABSENT(ldap_result, FAILS)
ABSENT(ldap_sasl_bind, FAILS)
ABSENT(ldap_search_ext, FAILS)
ABSENT(ldap_set_option, FAILS)
ABSENT(ldap_start_tls, FAILS)
ABSENT(ldap_unbind_ext, FAILS)
ABSENT(ldap_url_parse, FAILS)

/* RTMP. */
ABSENT(RTMP_Alloc, 0)
ABSENT(RTMP_Close, FAILS)
ABSENT(RTMP_Connect1, FAILS)
ABSENT(RTMP_ConnectStream, FAILS)
ABSENT(RTMP_Free, FAILS)
ABSENT(RTMP_Init, FAILS)
ABSENT(RTMP_Read, FAILS)
ABSENT(RTMP_SetBufferMS, FAILS)
ABSENT(RTMP_SetupURL, FAILS)
ABSENT(RTMP_Write, FAILS)

/* SSH; it starts well, since libcurl starts it. */
ABSENT(libssh2_agent_connect, FAILS)
ABSENT(libssh2_agent_disconnect, FAILS)
ABSENT(libssh2_agent_free, FAILS)
ABSENT(libssh2_agent_get_identity, FAILS)
ABSENT(libssh2_agent_init, 0)
ABSENT(libssh2_agent_list_identities, FAILS)
ABSENT(libssh2_agent_userauth, FAILS)
ABSENT(libssh2_channel_free, FAILS)
ABSENT(libssh2_channel_read_ex, FAILS)
ABSENT(libssh2_channel_send_eof, FAILS)
ABSENT(libssh2_channel_wait_closed, FAILS)
ABSENT(libssh2_channel_wait_eof, FAILS)
ABSENT(libssh2_channel_write_ex, FAILS)
ABSENT(libssh2_exit, FAILS)
ABSENT(libssh2_hostkey_hash, 0)
ABSENT(libssh2_init, 0)
ABSENT(libssh2_knownhost_add, FAILS)
ABSENT(libssh2_knownhost_checkp, FAILS)
ABSENT(libssh2_knownhost_del, FAILS)
ABSENT(libssh2_knownhost_free, FAILS)
ABSENT(libssh2_knownhost_get, FAILS)
ABSENT(libssh2_knownhost_init, 0)
ABSENT(libssh2_knownhost_readfile, FAILS)
ABSENT(libssh2_knownhost_writefile, FAILS)
ABSENT(libssh2_scp_recv2, 0)
ABSENT(libssh2_scp_send64, 0)
ABSENT(libssh2_session_abstract, 0)
ABSENT(libssh2_session_block_directions, FAILS)
ABSENT(libssh2_session_callback_set, FAILS)
ABSENT(libssh2_session_disconnect_ex, FAILS)
ABSENT(libssh2_session_flag, FAILS)
ABSENT(libssh2_session_free, FAILS)
ABSENT(libssh2_session_handshake, FAILS)
ABSENT(libssh2_session_hostkey, 0)
ABSENT(libssh2_session_init_ex, 0)
ABSENT(libssh2_session_last_errno, FAILS)
ABSENT(libssh2_session_last_error, FAILS)
ABSENT(libssh2_session_method_pref, FAILS)
ABSENT(libssh2_session_set_blocking, FAILS)
ABSENT(libssh2_sftp_close_handle, FAILS)
ABSENT(libssh2_sftp_init, 0)
ABSENT(libssh2_sftp_last_error, FAILS)
ABSENT(libssh2_sftp_mkdir_ex, FAILS)
ABSENT(libssh2_sftp_open_ex, 0)
ABSENT(libssh2_sftp_read, FAILS)
ABSENT(libssh2_sftp_readdir_ex, FAILS)
ABSENT(libssh2_sftp_rename_ex, FAILS)
ABSENT(libssh2_sftp_rmdir_ex, FAILS)
ABSENT(libssh2_sftp_seek64, FAILS)
ABSENT(libssh2_sftp_shutdown, FAILS)
ABSENT(libssh2_sftp_stat_ex, FAILS)
ABSENT(libssh2_sftp_statvfs, FAILS)
ABSENT(libssh2_sftp_symlink_ex, FAILS)
ABSENT(libssh2_sftp_unlink_ex, FAILS)
ABSENT(libssh2_sftp_write, FAILS)
ABSENT(libssh2_userauth_authenticated, FAILS)
ABSENT(libssh2_userauth_keyboard_interactive_ex, FAILS)
ABSENT(libssh2_userauth_list, 0)
ABSENT(libssh2_userauth_password_ex, FAILS)
ABSENT(libssh2_userauth_publickey_fromfile_ex, FAILS)
ABSENT(libssh2_version, 0)

/* Cookies. */
ABSENT(psl_builtin, 0)
ABSENT(psl_free, FAILS)
ABSENT(psl_get_version, 0)
ABSENT(psl_is_cookie_domain_acceptable, 0)
ABSENT(psl_latest, 0)

/* Other encodings than gzip. */
ABSENT(BrotliDecoderCreateInstance, 0)
ABSENT(BrotliDecoderDecompressStream, 0)
ABSENT(BrotliDecoderDestroyInstance, FAILS)
ABSENT(BrotliDecoderGetErrorCode, FAILS)
ABSENT(BrotliDecoderVersion, 0)
ABSENT(ZSTD_createDStream, 0)
ABSENT(ZSTD_decompressStream, FAILS)
ABSENT(ZSTD_freeDStream, FAILS)
ABSENT(ZSTD_isError, FAILS)
ABSENT(ZSTD_versionNumber, 0)
