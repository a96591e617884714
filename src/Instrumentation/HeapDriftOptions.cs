using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace HeapDrift.Instrumentation;

/// <summary>Settings of the in-process package, bound from the configuration section <c>HeapDrift</c>.</summary>
public sealed class HeapDriftOptions
{
    /// <summary>The configuration section: <c>HeapDrift:Window</c>, or <c>HeapDrift__Window</c> in the environment.</summary>
    internal const string Section = "HeapDrift";

    /// <summary>How long a capture waits for the second signal until it finishes by itself: 1 second to 24 hours, 5 minutes unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Where each capture leaves a folder with its report. Null is <c>heapdrift-USER</c> in the folder for temporary files, readable by
    /// that user only.
    /// </summary>
    public string? OutputDirectory { get; set; }

    /// <summary>
    /// The <c>heapdrift</c> executable that takes the snapshots. Null searches it beside the application, then in <c>PATH</c>.
    /// </summary>
    public string? CollectorPath { get; set; }

    /// <summary>
    /// Watches the memory of this process for a leak and captures it then, as the HeapDrift agent does; off unless set. Where an agent is
    /// attached, suspicion is told and the capture left to the agent.
    /// </summary>
    public bool DetectLeaks { get; set; }
}

[OptionsValidator]
internal sealed partial class HeapDriftOptionsValidator : IValidateOptions<HeapDriftOptions>;
