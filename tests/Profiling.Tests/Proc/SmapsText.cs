using System.Globalization;
using System.Text;
using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Watching;

namespace HeapDrift.Profiling.Tests.Proc;

/// <summary>A smaps file, mapping by mapping, each directly behind the one before unless there is a <see cref="Gap"/>.</summary>
internal sealed class SmapsText
{
    private readonly StringBuilder _text = new();
    private ulong _address = 0x7f00_0000_0000;

    /// <summary>Address space that nothing is mapped to.</summary>
    public SmapsText Gap(ulong kilobytes = 4)
    {
        _address += kilobytes << 10;
        return this;
    }

    public SmapsText With(string permissions, ulong kilobytes, long pss = 0, string name = "", string flags = "mr mw me")
    {
        ulong end = _address + (kilobytes << 10);
        string place = name is ['/', ..] ? "08:01 42" : "00:00 0";
        _text.Append(CultureInfo.InvariantCulture, $"{_address:x}-{end:x} {permissions} 00000000 {place}                          {name}\n")
            .Append(CultureInfo.InvariantCulture, $"Size: {kilobytes,14} kB\nKernelPageSize:        4 kB\nRss:  {2 * pss,14} kB\nPss:  {pss,14} kB\nPss_Dirty:             0 kB\n")
            .Append(CultureInfo.InvariantCulture, $"Anonymous: {pss,9} kB\nSwap:                  0 kB\nSwapPss:               0 kB\nTHPeligible:           0\nVmFlags: {flags} \n");
        _address = end;
        return this;
    }

    public SmapsText Runtime() => Gap().With("r-xp", 4096, pss: 0, "/usr/share/dotnet/shared/Microsoft.NETCore.App/10.0.12/libcoreclr.so").Gap();

    /// <summary>Address space that the runtime reserved.</summary>
    public SmapsText Reserved(ulong kilobytes) => With("---p", kilobytes, flags: "mr mw me dd");

    public SmapsText Accessible(ulong kilobytes, long pss) => With("rw-p", kilobytes, pss, flags: "rd wr mr mw me ac");

    public SmapsText Guard() => With("---p", 4, flags: "mr mw me nh");

    public override string ToString() => _text.ToString();

    public Stream ToStream() => new MemoryStream(Encoding.UTF8.GetBytes(ToString()));

    public MemoryLedger ToLedger() => MemoryLedger.Of(new SmapsReader(ToStream(), "smaps"));
}
