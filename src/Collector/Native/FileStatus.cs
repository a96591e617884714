using System.Buffers.Binary;
using System.Runtime.InteropServices;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Native;

/// <summary>
/// What statx(2) says of a file and .NET does not. By the number of the call on x86-64, because older C libraries do not have it.
/// </summary>
/// <param name="File">Its device and inode.</param>
/// <param name="IsRegular">Not a folder, and not a pipe, which would block whoever opens it.</param>
internal sealed partial record FileStatus(FileId File, bool IsRegular)
{
    private const int SysStatx = 332;
    private const int CurrentDirectory = -100; // AT_FDCWD: an absolute path does not use it.
    private const int TypeModeAndInode = 0x103; // STATX_TYPE | STATX_MODE | STATX_INO

    // struct statx in include/uapi/linux/stat.h, the same on every machine.
    private const int Size = 256;
    private const int ModeOffset = 28;
    private const int InodeOffset = 32;
    private const int DeviceMajorOffset = 136;
    private const int DeviceMinorOffset = 140;

    private const int TypeMask = 0xF000; // S_IFMT
    private const int Regular = 0x8000; // S_IFREG

    /// <summary>Follows symbolic links. Null where there is no such file, or it lies where this process may not look.</summary>
    public static unsafe FileStatus? TryRead(string path)
    {
        Span<byte> buffer = stackalloc byte[Size];
        fixed (byte* pointer = buffer)
        {
            if (SystemCall(SysStatx, CurrentDirectory, path, 0, TypeModeAndInode, (nint)pointer) != 0)
            {
                return null;
            }
        }

        var file = new FileId(
            BinaryPrimitives.ReadUInt32LittleEndian(buffer[DeviceMajorOffset..]),
            BinaryPrimitives.ReadUInt32LittleEndian(buffer[DeviceMinorOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(buffer[InodeOffset..]));
        return new(file, (BinaryPrimitives.ReadUInt16LittleEndian(buffer[ModeOffset..]) & TypeMask) == Regular);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SystemCall(nint number, nint directory, string path, nint flags, nint mask, nint buffer);
}
