namespace HeapDrift.Profiling.Stacks;

/// <summary>
/// One frame as a runtime tells it, in the form of either source. ClrMD: <c>ClrMethod.Type.Name</c>, <c>ClrMethod.Name</c>,
/// <c>ClrMethod.Signature</c>. EventPipe, MethodLoadVerbose: MethodNamespace, MethodName, MethodSignature. Both write types and parameters in
/// their own way; <see cref="FrameName"/> reads them all.
/// </summary>
internal sealed record RawFrame
{
    /// <summary>Path of the assembly's file as the worker sees it. Null for code that was made at run time.</summary>
    public string? ModulePath { get; init; }

    /// <summary>
    /// GUID of the PDB that was built with the module as it is loaded (<c>ClrModule.Pdb</c>; ManagedPdbSignature of ModuleLoad). Tells a file
    /// that was replaced since from the one that runs. Null where it is not known.
    /// </summary>
    public Guid? PdbId { get; init; }

    /// <summary>The MethodDef token, <c>0x06000001</c> and up; 0 where there is none.</summary>
    public int MethodToken { get; init; }

    /// <summary>With its namespace, for example <c>Shop.Cart+&lt;AddAsync&gt;d__12</c>. Empty where there is none.</summary>
    public required string TypeName { get; init; }

    /// <summary>For example <c>MoveNext</c>, or <c>Convert[[System.Int32, System.Private.CoreLib]]</c>.</summary>
    public required string MethodName { get; init; }

    /// <summary>Any text that ends with the parameters in parentheses; null where they are not known.</summary>
    public string? Signature { get; init; }

    /// <summary>
    /// Offset into the method's IL; null where it is not known. The address of a frame that has called another one is that of the next
    /// instruction, so look up the address before it.
    /// </summary>
    public int? ILOffset { get; init; }

    /// <summary>
    /// From one text alone, such as <c>Shop.Cart+&lt;AddAsync&gt;d__12.MoveNext()</c>. The last dot before the parameters parts type and method, so
    /// an explicit implementation is taken for a member of its interface; with type and method apart it is not.
    /// </summary>
    public static RawFrame Parse(string signature)
    {
        string name = ParameterList.NameBefore(signature);
        int dot = QualifiedName.LastDot(name);
        return new RawFrame
        {
            TypeName = dot < 0 ? "" : name[..dot],
            MethodName = name[(dot + 1)..],
            Signature = name.Length == signature.Length ? null : signature,
        };
    }
}
