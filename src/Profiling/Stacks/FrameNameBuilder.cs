using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Stacks;

/// <summary>Puts a frame's name together from type, method and parameters.</summary>
internal sealed class FrameNameBuilder
{
    private const string Closure = "<closure>";
    private const string Constructor = ".ctor";
    private const string StaticConstructor = ".cctor";
    private const string MoveNext = "MoveNext";
    private const string State = "<state>";

    private readonly IReadOnlyList<TypeSegment> _type;
    private readonly string _typeSuffix;
    private readonly IReadOnlyList<TypeSegment> _made;
    private readonly TypeSyntax _method;
    private readonly IReadOnlyList<TypeSyntax?>? _parameters;
    private readonly bool _isGenericMethod;
    private readonly CSharpTypeText _text;

    public FrameNameBuilder(TypeSyntax type, TypeSyntax method, string? signature)
    {
        int written = type.Segments.TakeWhile(segment => !MemberName.IsMadeForMethods(segment)).Count();
        _type = [.. type.Segments.Take(written)];
        _typeSuffix = type.Suffix;
        _made = [.. type.Segments.Skip(written)];
        _method = method;
        _parameters = ParameterList.TryParse(signature);
        _isGenericMethod = signature is not null && ParameterList.IsGeneric(signature);
        _text = new CSharpTypeText([.. type.Arguments]);
    }

    private string Owner => _type.Count == 0 ? "" : QualifiedName.Simple(_type[^1].Name);

    private string MethodName => _method.Segments[^1].Name;

    /// <summary>The state machine in which the method stands, if it does.</summary>
    private CompilerName? StateMachine =>
        _made.Count != 0 && CompilerName.TryParse(_made[^1].Name) is { Kind: CompilerName.StateMachine } machine ? machine : null;

    /// <summary>Its code, and not one of the members that the runtime wants of it.</summary>
    private bool IsCode => MethodName == MoveNext || CompilerName.TryParse(MethodName) is { Kind: CompilerName.Finally };

    public FrameName Build()
    {
        IReadOnlyList<string> parts = Parts();
        bool isCodeOfMachine = StateMachine is not null && IsCode;
        return new FrameName
        {
            Type = _text.Write(_type, withNamespace: true) + _typeSuffix,
            Member = string.Join('.', [InCSharp(parts[0], parts.Count == 1) + GenericArguments(parts.Count), .. parts.Skip(1)]),
            Parameters = isCodeOfMachine || _parameters is null ? null : string.Join(", ", _parameters.Select(Write)),
            IsStaticConstructor = parts[0] == StaticConstructor,
            IsStateMachine = isCodeOfMachine,
            Stable = StableName.Of(Stable(parts, isCodeOfMachine)),
        };
    }

    private IReadOnlyList<string> Parts()
    {
        if (StateMachine is { } machine)
        {
            IReadOnlyList<string> parts = MemberName.Unwrap(machine.Inner.Replace('-', '.'));
            return IsCode ? parts : [.. parts, MethodName == Constructor ? State : Simple(MethodName)];
        }

        return _made.Count != 0 && MethodName is Constructor or StaticConstructor ? [Closure] : MemberName.Unwrap(FullMethodName());
    }

    /// <summary>With the interface that it implements explicitly, whose arguments are lost here; see <see cref="InCSharp"/>.</summary>
    private string FullMethodName() => string.Join('.', _method.Segments.Select(segment => segment.Name));

    private string InCSharp(string member, bool isMethodItself)
    {
        string simple = MemberName.InCSharp(Simple(member), Owner, isMethodItself ? _parameters?.Count : null);
        int dot = QualifiedName.LastDot(member);
        if (dot < 0)
        {
            return simple;
        }

        return isMethodItself && _made.Count == 0 && _method.Segments.Count > 1
            ? $"{_text.Write([.. _method.Segments.SkipLast(1)], withNamespace: false)}.{simple}"
            : $"{QualifiedName.Simple(member[..dot])}.{simple}";
    }

    private static string Simple(string member) => member[(QualifiedName.LastDot(member) + 1)..];

    /// <summary>
    /// Those of the method in whose source the code stands. What the compiler made for it has them as parameters of its class; a local function
    /// has them before its own, and nothing tells where its own begin.
    /// </summary>
    private string GenericArguments(int parts) =>
        _made.Count != 0 ? _text.WriteArguments([.. _made.SelectMany(made => made.Arguments)], _made.Sum(made => made.Arity))
        : parts == 1 ? _text.WriteArguments(_method.Segments[^1].Arguments, _method.Segments[^1].Arity)
        : "";

    private string Write(TypeSyntax? parameter) => parameter is null ? CSharpTypeText.Unknown : _text.Write(parameter);

    private string Stable(IReadOnlyList<string> parts, bool isCodeOfMachine)
    {
        string name = string.Join('.', [.. _type.Select(segment => segment.Name), .. parts]);
        return isCodeOfMachine || _parameters is null ? name : $"{name}({string.Join(", ", _parameters.Select(StableParameter))})";
    }

    /// <summary>
    /// Of a generic method the engines tell what its variables stand for, or only that they are variables; that parameters are there is all
    /// that both know.
    /// </summary>
    private string StableParameter(TypeSyntax? parameter) => parameter is null || IsGeneric
        ? CSharpTypeText.Unknown
        : _text.Write(parameter with { Segments = [parameter.Segments[^1] with { Arity = 0, Arguments = [] }] });

    private bool IsGeneric => _isGenericMethod || _type.Concat(_made).Append(_method.Segments[^1]).Any(segment => segment.Arity != 0 || segment.Arguments.Count != 0);
}
