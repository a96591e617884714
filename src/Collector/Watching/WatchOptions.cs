using HeapDrift.Profiling.Watching;
using Microsoft.Extensions.Options;

namespace HeapDrift.Collector.Watching;

/// <summary>What watching may cost a worker: section <c>HeapDrift:Watch</c>.</summary>
internal sealed class WatchOptions : IValidateOptions<WatchOptions>
{
    public const string Section = "HeapDrift:Watch";

    private const double Least = 0.00001;
    private const double Most = 0.01;

    /// <summary>The detector looks at intervals of half a minute and more.</summary>
    private static readonly TimeSpan MostInterval = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan MostSettling = TimeSpan.FromHours(1);

    /// <summary>Time that the kernel takes to read a worker's memory, as a share of all time. Beyond it readings become rarer.</summary>
    public double MostReadShare { get; set; } = SmapsPace.UsualShare;

    /// <summary>How often it is read where cost permits.</summary>
    public TimeSpan ReadInterval { get; set; } = SmapsPace.RollupInterval;

    /// <summary>
    /// How old a worker is before it is listened to. A runtime that is asked for its counters while it initialises its thread pool or array pool can
    /// stand still for ever (https://github.com/dotnet/runtime/issues/105682, https://github.com/dotnet/runtime/issues/119014).
    /// </summary>
    public TimeSpan SettlingTime { get; set; } = TimeSpan.FromSeconds(30);

    public ValidateOptionsResult Validate(string? name, WatchOptions options) =>
        options.MostReadShare is not (>= Least and <= Most) ? ValidateOptionsResult.Fail($"{Section}:MostReadShare is {options.MostReadShare}: it takes {Least} to {Most}")
        : options.ReadInterval < MemoryWatch.LeastInterval || options.ReadInterval > MostInterval ? ValidateOptionsResult.Fail($"{Section}:ReadInterval is {options.ReadInterval}: it takes {MemoryWatch.LeastInterval} to {MostInterval}")
        : options.SettlingTime < TimeSpan.Zero || options.SettlingTime > MostSettling ? ValidateOptionsResult.Fail($"{Section}:SettlingTime is {options.SettlingTime}: it takes {TimeSpan.Zero} to {MostSettling}")
        : ValidateOptionsResult.Success;
}
