using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HeapDrift.Collector.Native;

/// <summary>
/// Opens files of another file system tree, such as <c>/proc/PID/root</c>, as a process that lives in it would: absolute symbolic links and
/// <c>..</c> stay inside (openat2(2) with RESOLVE_IN_ROOT, Linux 5.6). Appended to the root, an absolute link would lead out to a file of ours.
/// </summary>
internal static partial class RootedFile
{
    private const int SysOpenat2 = 437;

    // include/uapi/asm-generic/fcntl.h
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800; // Or a pipe would block whoever opens it.
    private const int PathOnly = 0x200000;
    private const int Directory = 0x10000;

    // include/uapi/linux/openat2.h
    private const ulong NoMagicLinks = 0x02;
    private const ulong InRoot = 0x10;

    // errno(3)
    private const int NotPermitted = 1; // How some container runtimes refuse a call that they do not know.
    private const int NoSuchFile = 2;
    private const int AccessDenied = 13;
    private const int NotDirectory = 20;
    private const int NotImplemented = 38;
    private const int TooManyLinks = 40;

    /// <summary>A stream over a regular file; it holds nothing in memory and does not map the file, which its owner may cut short.</summary>
    /// <param name="root">A folder; <c>/</c> for our own tree.</param>
    /// <param name="path">Absolute, as seen from inside.</param>
    /// <exception cref="FileNotFoundException">There is no such file, or no such root.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="IOException">It is no regular file, or another failure.</exception>
    public static FileStream Open(string root, string path)
    {
#pragma warning disable CA2000 // It belongs to what is returned.
        SafeFileHandle file = OpenHandle(root, path);
#pragma warning restore CA2000
        try
        {
            string descriptor = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{file.DangerousGetHandle()}");
            return FileStatus.TryRead(descriptor) is { IsRegular: true }
                ? new FileStream(file, FileAccess.Read, bufferSize: 0)
                : throw new IOException($"{path} is no regular file");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static SafeFileHandle OpenHandle(string root, string path)
    {
        using SafeFileHandle folder = Own(OpenFile(root, PathOnly | Directory | CloseOnExec), root);
        var how = new OpenHow { Flags = CloseOnExec | NonBlocking, Resolve = InRoot | NoMagicLinks };
        nint opened = SystemCall(SysOpenat2, folder, path, ref how, (nuint)Marshal.SizeOf<OpenHow>());
        return opened < 0 && Marshal.GetLastPInvokeError() is NotImplemented or NotPermitted
            ? Own(OpenFile(Path.Join(root, path), CloseOnExec | NonBlocking), path)
            : Own(opened, path);
    }

    private static SafeFileHandle Own(nint descriptor, string path)
    {
        if (descriptor >= 0)
        {
            return new SafeFileHandle(descriptor, ownsHandle: true);
        }

        var error = new Win32Exception(Marshal.GetLastPInvokeError());
        throw error.NativeErrorCode switch
        {
            NoSuchFile or NotDirectory or TooManyLinks => new FileNotFoundException($"{path}: {error.Message}", path, error),
            AccessDenied => new UnauthorizedAccessException($"{path}: {error.Message}", error),
            _ => new IOException($"{path}: {error.Message}", error),
        };
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SystemCall(nint number, SafeFileHandle folder, string path, ref OpenHow how, nuint size);

    /// <summary>struct open_how.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
